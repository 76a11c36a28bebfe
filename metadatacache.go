package zohohub

import (
	"context"
	"errors"
	"reflect"
	"sync"
	"time"
)

// ForgetMetadata drops what the connection has kept about the org: the next call asks anew, or reads Config.MetadataDir
// anew. Use it where something is known to have changed. Calls that wait meanwhile get what they wait for. It sends nothing.
func (c *Connection) ForgetMetadata() { c.metadata.forget() }

// metadataCache keeps what describes the org, each list for itself: it changes seldom, and much depends on it.
type metadataCache struct {
	age time.Duration // negative: what is being asked for is shared, and kept no longer
	dir string        // empty: there is none

	mu   sync.Mutex
	kept map[metadataKey]*metadataEntry
}

// metadataKey is a list, of a module where it is one's.
type metadataKey struct{ list, module string }

// metadataEntry is a list that is kept, or that is being asked for.
type metadataEntry struct {
	asked time.Time
	done  chan struct{} // closed when the following are settled
	list  any
	err   error
	// own: the caller that asked failed for reasons of its own.
	own bool
}

func newMetadataCache(cfg Config) *metadataCache {
	return &metadataCache{age: cfg.MetadataAge, dir: cfg.MetadataDir, kept: map[metadataKey]*metadataEntry{}}
}

func (m *metadataCache) forget() {
	m.mu.Lock()
	defer m.mu.Unlock()
	clear(m.kept)
}

// kept is a list that the connection keeps, asked for where it has none. All who ask at once share the result: it is not to
// be changed.
func kept[T any](ctx context.Context, c *Connection, op string, key metadataKey, ask func() (T, error)) (T, error) {
	m := c.metadata
	var none T
	for {
		if err := ctx.Err(); err != nil {
			return none, &Error{Op: op, Module: key.module, Index: -1, Err: err}
		}
		e, first := m.enter(key)
		if first {
			return fill(ctx, m, key, e, ask)
		}
		select {
		case <-e.done:
		case <-ctx.Done():
			continue
		}
		if list, ok := e.list.(T); ok && e.err == nil {
			return list, nil
		}
		if !e.own || waitsTooLong(ctx, e.err) {
			return none, ownError(e.err)
		}
	}
}

// enter finds the entry of a key; first is set for the caller who has to fill it.
func (m *metadataCache) enter(key metadataKey) (e *metadataEntry, first bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e = m.kept[key]
	if e != nil && time.Since(e.asked) >= m.age {
		select {
		case <-e.done:
			e = nil
		default: // others wait for it
		}
	}
	if e == nil {
		e = &metadataEntry{asked: time.Now(), done: make(chan struct{})}
		m.kept[key] = e
		return e, true
	}
	return e, false
}

// fill asks, in the goroutine and under the context of the caller who came first. What fails is not kept; whoever waits has
// failed as well, unless it was the context: a shorter one than theirs is not theirs to suffer.
func fill[T any](ctx context.Context, m *metadataCache, key metadataKey, e *metadataEntry, ask func() (T, error)) (list T, err error) {
	e.err, e.own = errNoReturn, true // should the caller's code panic
	defer func() {
		if e.err != nil {
			m.drop(key, e)
		}
		close(e.done)
	}()
	list, err = ask()
	e.list, e.err, e.own = list, err, err != nil && endedBy(ctx, err)
	return list, ownError(err)
}

// endedBy says whether err is owed to the context: it ended, or would have before Zoho wants to be asked again.
func endedBy(ctx context.Context, err error) bool { return ctx.Err() != nil || waitsTooLong(ctx, err) }

// waitsTooLong says that Zoho wants to be asked again only when the context will have ended.
func waitsTooLong(ctx context.Context, err error) bool {
	e, ok := errors.AsType[*Error](err)
	end, bound := ctx.Deadline()
	return ok && bound && e.RetryAfter > 0 && time.Until(end) <= e.RetryAfter
}

func (m *metadataCache) drop(key metadataKey, e *metadataEntry) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.kept[key] == e {
		delete(m.kept, key)
	}
}

// ownError is err for one of several callers: what one changes in it is not seen by the others.
func ownError(err error) error {
	if e, ok := errors.AsType[*Error](err); ok {
		own := *e
		return &own
	}
	return err
}

// ownCopy is a value that shares nothing with v: what a caller changes in it does not change what is kept.
func ownCopy[T any](v T) T {
	copied, _ := reflect.TypeAssert[T](copyOf(reflect.ValueOf(&v).Elem()))
	return copied
}

func copyOf(v reflect.Value) reflect.Value {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return v
		}
		to := reflect.New(v.Type().Elem())
		to.Elem().Set(copyOf(v.Elem()))
		return to
	case reflect.Slice:
		if v.IsNil() {
			return v
		}
		to := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		reflect.Copy(to, v)
		for i := range v.Len() {
			if !plain(v.Type().Elem().Kind()) {
				to.Index(i).Set(copyOf(v.Index(i)))
			}
		}
		return to
	case reflect.Map: // of names to names
		if v.IsNil() {
			return v
		}
		to := reflect.MakeMapWithSize(v.Type(), v.Len())
		for key, value := range v.Seq2() {
			to.SetMapIndex(key, copyOf(value))
		}
		return to
	case reflect.Struct:
		to := reflect.New(v.Type()).Elem()
		to.Set(v)
		for i := range v.NumField() {
			if f := v.Field(i); to.Field(i).CanSet() && !plain(f.Kind()) {
				to.Field(i).Set(copyOf(f))
			}
		}
		return to
	}
	return v
}

// plain says whether values of a kind hold no references.
func plain(k reflect.Kind) bool { return k == reflect.String || k < reflect.Array }
