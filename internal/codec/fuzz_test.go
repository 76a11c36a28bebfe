package codec_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/zohohub/zohohub/internal/codec"
)

// Whatever Zoho sends, reading does not panic; and what was read is written in a form that reads the same again, as
// which it is no change.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		fullJSON, `{}`, `null`, `{"Tags":"x","Count":"5","Paid":"true"}`, `{"Ordered_Items":[{"id":"1"},{"Quantity":"2"}]}`,
		"{\"Subject\":\"\xff\",\"\xfe\":1}", `{"Anything":{"a":[1,{"b":1e999}]}}`, `{"Raw":{"a":1,"a":2}}`, `{"Boxed":0,"Gift":{}}`,
		`{"Parent":{"Parent":{"Sub_Orders":[null,{}]}}}`, `{"Sent_Time":"2026-05-01T10:00:00+0530"}`,
	} {
		f.Add([]byte(seed))
	}
	p := planOf[Order]()
	f.Fuzz(func(t *testing.T, data []byte) {
		var first Order
		if p.Decode(data, &first) != nil {
			return
		}
		if _, changed, err := p.Diff(&first, data, codec.DiffOptions{}); err == nil {
			assert.False(t, changed, "what was loaded is no change")
		}
		written, err := p.Encode(&first)
		if err != nil {
			return // deeper than what is written, or a year that Zoho does not have
		}
		var second Order
		require.NoError(t, p.Decode(written, &second))
		again, err := p.Encode(&second)
		require.NoError(t, err)
		assert.Equal(t, string(written), string(again))
	})
}

func FuzzDecodeList(f *testing.F) {
	for _, seed := range []string{
		`{"data":[{"id":"1"},{"Quantity":2}],"info":{"count":2}}`, `{"data":null}`, `{"data":{}}`, `{"info":1}`, `[`, "{\"data\":[{\"\\u0069d\":1}]}",
	} {
		f.Add([]byte(seed))
	}
	p := planOf[Item]()
	f.Fuzz(func(t *testing.T, body []byte) {
		var got []*Item
		_, _ = p.DecodeList(body, "data", func() any {
			got = append(got, new(Item))
			return got[len(got)-1]
		}, func(raw []byte) {
			var alone Item
			require.NoError(t, p.Decode(raw, &alone))
			assert.Equal(t, *got[len(got)-1], alone, "a record reads the same on its own")
		})
	})
}

func FuzzMerge(f *testing.F) {
	f.Add([]byte(`{"a":1}`), []byte(`{"a":2,"b":3}`))
	f.Add([]byte("{\"\xff\":1}"), []byte(`{}`))
	f.Fuzz(func(t *testing.T, base, patch []byte) {
		merged, err := codec.Merge(base, patch)
		if err != nil {
			return
		}
		again, err := codec.Merge(merged, patch)
		require.NoError(t, err)
		assert.Equal(t, string(merged), string(again))
	})
}
