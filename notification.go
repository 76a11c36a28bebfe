package zohohub

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"strconv"
	"strings"
	"time"

	"github.com/zohohub/zohohub/internal/codec"
)

// Notification is what Zoho posts to a channel's URL when records were changed; [NotificationHandler] receives it, and
// [Record.Hydrate] fetches the records. It prints without its token and without values of records, and JSON of it leaves
// out the token.
type Notification struct {
	// ServerTime is when Zoho noticed, to the millisecond. With ChannelID and one of IDs it tells a callback that came twice.
	ServerTime time.Time
	// Module is the API name.
	Module string
	// Operation is "insert", "update" or "delete".
	Operation string
	// IDs are the records', one or several.
	IDs       []string
	ChannelID int64
	// Token is the channel's.
	Token string `json:"-"`
	// AffectedFields are the API names of the fields that were changed, by the record's id; of updates only.
	AffectedFields map[string][]string
	// AffectedValues are the new values of fields that were changed, by the record's id; if the channel asks for them
	// ([Channel.ReturnAffectedFieldValues]).
	AffectedValues map[string]Fields
	// QueryParams are those of the channel's NotifyURL.
	QueryParams map[string]string
	// ResourceURI is the module's address in Zoho's API.
	ResourceURI string
	// Raw is the whole body, the token included.
	Raw json.RawMessage `json:"-"`
}

// String describes the notification without its token and what the records hold.
func (n Notification) String() string { return "zohohub.Notification" + n.public().text() }

// GoString is String: %#v shows no secret either.
func (n Notification) GoString() string { return n.String() }

// Format writes String whatever the verb, so that none of them shows a secret.
func (n Notification) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, n.String()) }

// LogValue gives log/slog what String shows.
func (n Notification) LogValue() slog.Value { return n.public().logValue() }

func (n Notification) public() attrs {
	at := ""
	if !n.ServerTime.IsZero() {
		at = n.ServerTime.Format(time.RFC3339Nano)
	}
	return attrs{
		{"ServerTime", at},
		{"Module", n.Module},
		{"Operation", n.Operation},
		{"IDs", strings.Join(n.IDs, ",")},
		{"ChannelID", n.ChannelID},
		{"Token", mark(n.Token)},
	}
}

var errNoModule = errors.New("module is missing")

// parseNotification reads a callback's body. What is missing stays empty, but for the module; what is of another kind than
// Zoho documents is an error. The token has been read before.
func parseNotification(body []byte) (Notification, error) {
	var n Notification
	members := object(body)
	for _, m := range []struct {
		key  string
		read func(json.RawMessage) error
	}{
		{"server_time", n.readTime},
		{"module", into(&n.Module)},
		{"operation", into(&n.Operation)},
		{"ids", n.readIDs},
		{"channel_id", n.readChannel},
		{"affected_fields", n.readFields},
		{"affected_values", n.readValues},
		{"query_params", n.readParams},
		{"resource_uri", into(&n.ResourceURI)},
	} {
		raw := members[m.key]
		switch string(raw) { // nothing, in whatever kind it comes, is no reason to refuse the rest
		case "", "null", `""`, "[]", "{}":
			continue
		}
		if err := m.read(raw); err != nil {
			return Notification{}, fmt.Errorf("%s: %w", m.key, err)
		}
	}
	if n.Module == "" {
		return Notification{}, errNoModule
	}
	n.Raw = body
	return n, nil
}

func into(s *string) func(json.RawMessage) error {
	return func(raw json.RawMessage) error { return json.Unmarshal(raw, s) }
}

func (n *Notification) readTime(raw json.RawMessage) error {
	ms, err := strconv.ParseInt(scalar(raw), 10, 64)
	n.ServerTime = time.UnixMilli(ms).UTC()
	return err
}

func (n *Notification) readChannel(raw json.RawMessage) (err error) {
	n.ChannelID, err = strconv.ParseInt(scalar(raw), 10, 64)
	return err
}

func (n *Notification) readIDs(raw json.RawMessage) error {
	var ids []json.RawMessage
	if err := json.Unmarshal(raw, &ids); err != nil {
		return err
	}
	for _, raw := range ids {
		id := scalar(raw)
		if err := checkID(id); err != nil {
			return err
		}
		n.IDs = append(n.IDs, id)
	}
	return nil
}

// readFields reads [{"id": ["Field", …]}, …].
func (n *Notification) readFields(raw json.RawMessage) error {
	var list []map[string][]string
	if err := json.Unmarshal(raw, &list); err != nil {
		return err
	}
	for _, records := range list {
		for id, fields := range records {
			if n.AffectedFields == nil {
				n.AffectedFields = map[string][]string{}
			}
			n.AffectedFields[id] = append(n.AffectedFields[id], fields...)
		}
	}
	return nil
}

// readValues reads [{"record_id": "id", "values": {"Field": value, …}}, …].
func (n *Notification) readValues(raw json.RawMessage) error {
	var list []struct {
		RecordID json.RawMessage `json:"record_id"`
		Values   json.RawMessage `json:"values"`
	}
	if err := json.Unmarshal(raw, &list); err != nil {
		return err
	}
	for _, record := range list {
		id := scalar(record.RecordID)
		if err := checkID(id); err != nil {
			return err
		}
		values := map[string]any{}
		if record.Values != nil && string(record.Values) != "null" {
			var err error
			if values, err = codec.DecodeFields(record.Values); err != nil {
				return err
			}
		}
		if n.AffectedValues == nil {
			n.AffectedValues = map[string]Fields{}
		}
		if known := n.AffectedValues[id]; known != nil {
			maps.Copy(known, values)
		} else {
			n.AffectedValues[id] = values
		}
	}
	return nil
}

// readParams reads {"name": "value", …}; what is no text or number is kept as Zoho wrote it.
func (n *Notification) readParams(raw json.RawMessage) error {
	var params map[string]json.RawMessage
	if err := json.Unmarshal(raw, &params); err != nil {
		return err
	}
	for name, value := range params {
		if n.QueryParams == nil {
			n.QueryParams = make(map[string]string, len(params))
		}
		switch value[0] {
		case '{', '[', 't', 'f':
			n.QueryParams[name] = string(value)
		default:
			n.QueryParams[name] = scalar(value)
		}
	}
	return nil
}
