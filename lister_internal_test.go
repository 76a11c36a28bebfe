package zohohub

import (
	"fmt"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/assert"
)

// TestRecent: the last ids are known, and no more are kept.
func TestRecent(t *testing.T) {
	t.Parallel()
	r := &recent{limit: 3, known: map[string]bool{}}
	for i := range 100 {
		id := fmt.Sprint(i)
		assert.False(t, r.has(id))
		r.add(id)
		for back := range 5 {
			assert.Equal(t, back < 3 && back <= i, r.has(fmt.Sprint(i-back)), "%d before %d", back, i)
		}
		assert.LessOrEqual(t, len(r.known), 3)
		assert.LessOrEqual(t, len(r.ids), 3)
	}
	r.add("")
	assert.False(t, r.has(""), "records without ids are not one")
}

// TestRecentKeepsIDsAlone: an id is cut from a text that it shares with whole records.
func TestRecentKeepsIDsAlone(t *testing.T) {
	t.Parallel()
	r := &recent{limit: 2, known: map[string]bool{}}
	for i := range 3 {
		id := fmt.Sprint(i, " of a page")[:1]
		r.add(id)
		for _, kept := range r.ids {
			assert.NotSame(t, unsafe.StringData(id), unsafe.StringData(kept))
		}
		for kept := range r.known {
			assert.NotSame(t, unsafe.StringData(id), unsafe.StringData(kept))
		}
	}
}
