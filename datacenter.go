package zohohub

import (
	"fmt"
	"strings"
)

// DataCenter is one of Zoho's regions. Accounts, organizations, client ids and tokens live in exactly one of them; the
// zero value is [EU].
type DataCenter int

// Zoho's data centers.
const (
	EU DataCenter = iota // accounts.zoho.eu
	US                   // accounts.zoho.com
	IN                   // accounts.zoho.in
	CN                   // accounts.zoho.com.cn
	AU                   // accounts.zoho.com.au
	JP                   // accounts.zoho.jp
	CA                   // accounts.zohocloud.ca
	SA                   // accounts.zoho.sa
	UK                   // accounts.zoho.uk
	AE                   // accounts.zoho.ae
	SG                   // accounts.zoho.sg
)

// region is what the library knows of one data center.
type region struct {
	key      string // Zoho's own key, as in the callback's "location"
	accounts string // host of the accounts server
	api      string // what follows the label www, sandbox or developer in the host of the API
	upload   string // host that takes bulk uploads; empty when nobody has seen it
	sandbox  string // host of the sandbox's user interface, which ZohoHub took for an API domain
}

// regions is the one table of data centers; everything that names a host of Zoho's is derived from it.
var regions = [...]region{
	EU: {"eu", "accounts.zoho.eu", "zohoapis.eu", "content.zohoapis.eu", "crmsandbox.zoho.eu"},
	US: {"us", "accounts.zoho.com", "zohoapis.com", "content.zohoapis.com", "crmsandbox.zoho.com"},
	IN: {"in", "accounts.zoho.in", "zohoapis.in", "content.zohoapis.in", "crmsandbox.zoho.in"},
	CN: {"cn", "accounts.zoho.com.cn", "zohoapis.com.cn", "content.zohoapis.com.cn", "crmsandbox.zoho.com.cn"},
	AU: {"au", "accounts.zoho.com.au", "zohoapis.com.au", "content.zohoapis.com.au", "crmsandbox.zoho.com.au"},
	JP: {"jp", "accounts.zoho.jp", "zohoapis.jp", "content.zohoapis.jp", "crmsandbox.zoho.jp"},
	CA: {"ca", "accounts.zohocloud.ca", "zohoapis.ca", "upload.zohocloud.ca", "crmsandbox.zohocloud.ca"},
	SA: {"sa", "accounts.zoho.sa", "zohoapis.sa", "files.zoho.sa", "crmsandbox.zoho.sa"},
	UK: {"uk", "accounts.zoho.uk", "zohoapis.uk", "", "crmsandbox.zoho.uk"},
	AE: {"ae", "accounts.zoho.ae", "zohoapis.ae", "", "crmsandbox.zoho.ae"},
	SG: {"sg", "accounts.zoho.sg", "zohoapis.sg", "", "crmsandbox.zoho.sg"},
}

// ParseDataCenter returns the data center with one of Zoho's keys, in any case: eu, us, in, cn, au, jp, ca, sa, uk, ae
// or sg. It is what Zoho sends as "location" after consent.
func ParseDataCenter(key string) (DataCenter, error) {
	for dc, r := range regions {
		if strings.EqualFold(key, r.key) {
			return DataCenter(dc), nil
		}
	}
	return 0, fmt.Errorf("zohohub: data center %s is none of %s", quote([]byte(key)), dataCenterKeys())
}

// String returns Zoho's key of the data center, such as "eu"; an unknown one is "DataCenter(99)".
func (d DataCenter) String() string {
	if !d.known() {
		return fmt.Sprintf("DataCenter(%d)", int(d))
	}
	return regions[d].key
}

func (d DataCenter) known() bool { return d >= 0 && int(d) < len(regions) }

func dataCenterKeys() string {
	keys := make([]string, len(regions))
	for i, r := range regions {
		keys[i] = r.key
	}
	return strings.Join(keys, ", ")
}
