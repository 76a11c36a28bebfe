package zohohub_test

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/zohohub/zohohub"
)

func TestDataCenters(t *testing.T) {
	t.Parallel()
	for dc, want := range map[zohohub.DataCenter]struct{ key, accounts string }{
		zohohub.EU: {"eu", "accounts.zoho.eu"},
		zohohub.US: {"us", "accounts.zoho.com"},
		zohohub.IN: {"in", "accounts.zoho.in"},
		zohohub.CN: {"cn", "accounts.zoho.com.cn"},
		zohohub.AU: {"au", "accounts.zoho.com.au"},
		zohohub.JP: {"jp", "accounts.zoho.jp"},
		zohohub.CA: {"ca", "accounts.zohocloud.ca"},
		zohohub.SA: {"sa", "accounts.zoho.sa"},
		zohohub.UK: {"uk", "accounts.zoho.uk"},
		zohohub.AE: {"ae", "accounts.zoho.ae"},
		zohohub.SG: {"sg", "accounts.zoho.sg"},
	} {
		t.Run(want.key, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, want.key, dc.String())
			got, err := zohohub.ParseDataCenter(want.key)
			require.NoError(t, err)
			assert.Equal(t, dc, got)
			u, err := url.Parse(zohohub.NewAuth(zohohub.Config{ClientID: "1000.FAKE", DataCenter: dc}).URL("s"))
			require.NoError(t, err)
			assert.Equal(t, "https://"+want.accounts+"/oauth/v2/auth", u.Scheme+"://"+u.Host+u.Path)
		})
	}
}

func TestDataCenterUnknown(t *testing.T) {
	t.Parallel()
	var zero zohohub.DataCenter
	assert.Equal(t, zohohub.EU, zero)
	assert.Equal(t, "DataCenter(99)", zohohub.DataCenter(99).String())
	assert.Equal(t, "DataCenter(-1)", zohohub.DataCenter(-1).String())

	for _, key := range []string{"", "moon", "eu ", "DataCenter(0)"} {
		_, err := zohohub.ParseDataCenter(key)
		require.ErrorContains(t, err, "is none of eu, us, in, cn, au, jp, ca, sa, uk, ae, sg", "%q", key)
	}
	dc, err := zohohub.ParseDataCenter("US")
	require.NoError(t, err)
	assert.Equal(t, zohohub.US, dc)
}
