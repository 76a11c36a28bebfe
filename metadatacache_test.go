package zohohub_test

import (
	"context"
	"errors"
	"net/http"
	"reflect"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

// metadataBubble runs do, in a bubble of its own, with a connection that has no socket.
func metadataBubble(t *testing.T, cfg Config, do func(t *testing.T, crm *zohohubtest.Server, conn *Connection)) {
	t.Helper()
	crm := zohohubtest.NewServer(t) // outside, where its socket would keep time still
	synctest.Test(t, func(t *testing.T) {
		c := crm.Config()
		c.HTTPClient = &http.Client{Transport: crm.Transport()}
		c.MetadataAge, c.MetadataDir = cfg.MetadataAge, cfg.MetadataDir
		conn, err := NewConnection(c, crm.Token())
		require.NoError(t, err)
		do(t, crm, conn)
	})
}

// everyList asks for each list that is kept.
func everyList(t *testing.T, conn *Connection) []any {
	t.Helper()
	ctx := t.Context()
	modules, err := conn.Modules(ctx)
	require.NoError(t, err)
	module, err := conn.Module(ctx, "Leads")
	require.NoError(t, err)
	fields, err := conn.Fields(ctx, "Leads")
	require.NoError(t, err)
	layouts, err := conn.Layouts(ctx, "Leads")
	require.NoError(t, err)
	related, err := conn.RelatedLists(ctx, "Leads")
	require.NoError(t, err)
	views, err := conn.CustomViews(ctx, "Leads")
	require.NoError(t, err)
	return []any{modules, module, fields, layouts, related, views}
}

// lists is the number of those.
const lists = 6

func TestMetadataAge(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		age  time.Duration
		kept time.Duration
	}{
		"an hour by itself": {0, time.Hour},
		"as configured":     {time.Minute, time.Minute},
		"not at all":        {-1, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			metadataBubble(t, Config{MetadataAge: c.age}, func(t *testing.T, crm *zohohubtest.Server, conn *Connection) {
				first := everyList(t, conn)
				require.Len(t, asked(crm), lists)
				if c.kept > 0 {
					time.Sleep(c.kept - time.Second)
					assert.Equal(t, first, everyList(t, conn))
					assert.Len(t, asked(crm), lists)
					time.Sleep(time.Second)
				}
				assert.Equal(t, first, everyList(t, conn))
				assert.Len(t, asked(crm), 2*lists)
			})
		})
	}
}

func TestForgetMetadata(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	everyList(t, conn)
	crm.AddField("Leads", zohohubtest.Field{APIName: "Berth", DataType: "text"})
	before, err := conn.Fields(t.Context(), "Leads")
	require.NoError(t, err)
	conn.ForgetMetadata()
	after, err := conn.Fields(t.Context(), "Leads")
	require.NoError(t, err)
	assert.Len(t, after, len(before)+1)
	crm.ResetRequests()
	everyList(t, conn)
	assert.Len(t, asked(crm), lists-1)
}

// TestMetadataOnce has many ask at once, and Zoho once.
func TestMetadataOnce(t *testing.T) {
	t.Parallel()
	metadataBubble(t, Config{}, func(t *testing.T, crm *zohohubtest.Server, conn *Connection) {
		crm.Inject(zohohubtest.Fault{Path: "/settings", Delay: 5 * time.Second, Times: -1})
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() {
				fields, err := conn.Fields(t.Context(), "Leads")
				assert.NoError(t, err)
				assert.NotEmpty(t, fields)
			})
		}
		wg.Go(func() { // whoever leaves early leaves alone
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			began := time.Now()
			synctest.Wait()
			_, err := conn.Fields(ctx, "Leads")
			assert.ErrorIs(t, err, context.DeadlineExceeded)
			var e *Error
			assert.ErrorAs(t, err, &e)
			assert.Equal(t, "Leads", e.Module)
			assert.Equal(t, time.Second, time.Since(began))
		})
		wg.Wait()
		assert.Equal(t, []string{"GET /crm/v8/settings/fields"}, asked(crm))
	})
}

// TestMetadataOfAnother has the one who asks leave, so that another of those who wait has to ask.
func TestMetadataOfAnother(t *testing.T) {
	t.Parallel()
	metadataBubble(t, Config{}, func(t *testing.T, crm *zohohubtest.Server, conn *Connection) {
		crm.Inject(zohohubtest.Fault{Path: "/settings", Delay: 5 * time.Second, Times: -1})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		var wg sync.WaitGroup
		wg.Go(func() {
			_, err := conn.Fields(ctx, "Leads")
			assert.ErrorIs(t, err, context.DeadlineExceeded)
		})
		synctest.Wait()
		began := time.Now()
		for range 10 {
			wg.Go(func() {
				fields, err := conn.Fields(t.Context(), "Leads")
				assert.NoError(t, err)
				assert.NotEmpty(t, fields)
				assert.Equal(t, 6*time.Second, time.Since(began))
			})
		}
		wg.Wait()
		assert.Len(t, asked(crm), 2)
	})
}

// TestMetadataWaits has the one who asks give up at once, since Zoho wants to be asked after its deadline: another has time.
func TestMetadataWaits(t *testing.T) {
	t.Parallel()
	metadataBubble(t, Config{}, func(t *testing.T, crm *zohohubtest.Server, conn *Connection) {
		crm.Inject(
			zohohubtest.Fault{Path: "/settings", Delay: time.Second, Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"20"}}, Times: 2},
		)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		var wg sync.WaitGroup
		wg.Go(func() {
			_, err := conn.Fields(ctx, "Leads")
			assert.ErrorIs(t, err, ErrRateLimited)
		})
		synctest.Wait()
		wg.Go(func() {
			_, err := conn.Fields(t.Context(), "Leads")
			assert.NoError(t, err)
		})
		wg.Wait()
		assert.Len(t, asked(crm), 3)
	})
}

// TestMetadataLimited: whom Zoho tells to come later than all of them can wait, it tells once.
func TestMetadataLimited(t *testing.T) {
	t.Parallel()
	metadataBubble(t, Config{}, func(t *testing.T, crm *zohohubtest.Server, conn *Connection) {
		crm.Inject(
			zohohubtest.Fault{Path: "/settings", Delay: time.Second, Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"20"}}, Times: -1},
		)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		var wg sync.WaitGroup
		for range 10 {
			wg.Go(func() {
				_, err := conn.Fields(ctx, "Leads")
				assert.ErrorIs(t, err, ErrRateLimited)
			})
		}
		wg.Wait()
		assert.Len(t, asked(crm), 1)
	})
}

// TestMetadataFails has a failure be everybody's who waited, each its own, and nobody's after.
func TestMetadataFails(t *testing.T) {
	t.Parallel()
	metadataBubble(t, Config{}, func(t *testing.T, crm *zohohubtest.Server, conn *Connection) {
		crm.Inject(zohohubtest.Fault{Path: "/settings", Delay: time.Second, Status: http.StatusForbidden, Code: "NO_PERMISSION", Times: 1})
		errs := make([]error, 10)
		var wg sync.WaitGroup
		for i := range errs {
			wg.Go(func() { _, errs[i] = conn.Fields(t.Context(), "Leads") })
		}
		wg.Wait()
		require.Len(t, asked(crm), 1)
		seen := map[*Error]bool{}
		for _, err := range errs {
			require.ErrorIs(t, err, ErrNoPermission)
			e, ok := errors.AsType[*Error](err)
			require.True(t, ok)
			seen[e] = true
		}
		assert.Len(t, seen, len(errs), "errors of one's own")
		_, err := conn.Fields(t.Context(), "Leads")
		require.NoError(t, err)
		assert.Len(t, asked(crm), 2)
	})
}

// TestMetadataForgottenMeanwhile has what is asked for while the rest is forgotten serve those who wait, and nobody after.
func TestMetadataForgottenMeanwhile(t *testing.T) {
	t.Parallel()
	metadataBubble(t, Config{}, func(t *testing.T, crm *zohohubtest.Server, conn *Connection) {
		crm.Inject(zohohubtest.Fault{Path: "/settings", Delay: 5 * time.Second, Times: -1})
		var wg sync.WaitGroup
		for range 2 {
			wg.Go(func() {
				_, err := conn.Fields(t.Context(), "Leads")
				assert.NoError(t, err)
			})
			synctest.Wait()
			conn.ForgetMetadata()
		}
		wg.Wait()
		assert.Len(t, asked(crm), 2)
		_, err := conn.Fields(t.Context(), "Leads")
		require.NoError(t, err)
		assert.Len(t, asked(crm), 3)
	})
}

// panics is a caller's RoundTripper that panics once.
type panics struct {
	once sync.Once
	next http.RoundTripper
}

func (p *panics) RoundTrip(r *http.Request) (*http.Response, error) {
	p.once.Do(func() {
		time.Sleep(time.Second)
		panic("no")
	})
	return p.next.RoundTrip(r)
}

func TestMetadataOfOneWhoPanics(t *testing.T) {
	t.Parallel()
	crm := zohohubtest.NewServer(t)
	synctest.Test(t, func(t *testing.T) {
		cfg := crm.Config()
		cfg.HTTPClient = &http.Client{Transport: &panics{next: crm.Transport()}}
		conn, err := NewConnection(cfg, crm.Token())
		require.NoError(t, err)
		var wg sync.WaitGroup
		wg.Go(func() {
			assert.Panics(t, func() { _, _ = conn.Modules(t.Context()) })
		})
		synctest.Wait()
		modules, err := conn.Modules(t.Context())
		require.NoError(t, err)
		assert.NotEmpty(t, modules)
		wg.Wait()
	})
}

func TestCancelledBeforeMetadata(t *testing.T) {
	t.Parallel()
	_, conn := setup(t)
	everyList(t, conn)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := conn.Fields(ctx, "Leads")
	require.ErrorIs(t, err, context.Canceled, "kept or not")
}

// TestMetadataIsOnesOwn writes all over what a call returned: the next one returns it as it was.
func TestMetadataIsOnesOwn(t *testing.T) {
	t.Parallel()
	_, conn := setup(t)
	first, second := everyList(t, conn), everyList(t, conn)
	require.Equal(t, first, second)
	for i := range first {
		scribble(reflect.ValueOf(first[i]))
		assert.NotEqual(t, first[i], second[i])
	}
	assert.Equal(t, second, everyList(t, conn))

	whole, _ := described(t, Config{}, map[string]string{"v8/settings/fields?module=Leads": `{"fields":[` + wholeField + `]}`})
	one, err := whole.Fields(t.Context(), "Leads")
	require.NoError(t, err)
	scribble(reflect.ValueOf(one))
	other, err := whole.Fields(t.Context(), "Leads")
	require.NoError(t, err)
	assert.Equal(t, "41", other[0].ID)
	assert.Equal(t, map[string]string{"Contacts": "Source", "Accounts": "From"}, other[0].ConvertMapping)
	assert.Equal(t, 0, *other[0].DecimalPlaces)
	assert.Equal(t, []string{"Leads", "Contacts"}, other[0].MultiModuleLookup)
	assert.JSONEq(t, wholeField, string(other[0].Raw))
}

// scribble overwrites whatever can be reached from a value.
func scribble(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			scribble(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			scribble(v.Index(i))
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			v.SetMapIndex(key, reflect.Value{})
		}
	case reflect.Struct:
		for _, f := range v.Fields() {
			scribble(f)
		}
	case reflect.String:
		if v.CanSet() {
			v.SetString(v.String() + "!")
		}
	case reflect.Int, reflect.Int64:
		if v.CanSet() {
			v.SetInt(v.Int() + 1)
		}
	case reflect.Uint8:
		if v.CanSet() {
			v.SetUint('!')
		}
	case reflect.Bool:
		if v.CanSet() {
			v.SetBool(!v.Bool())
		}
	}
}

// TestTenantsMetadata has two organisations side by side: each connection knows its own.
func TestTenantsMetadata(t *testing.T) {
	t.Parallel()
	here, hereConn := setup(t)
	_, thereConn := setup(t)
	here.AddField("Leads", zohohubtest.Field{APIName: "Berth", DataType: "text"})
	var wg sync.WaitGroup
	count := make([]int, 2)
	for i, conn := range []*Connection{hereConn, thereConn} {
		for range 10 {
			wg.Go(func() {
				_, err := conn.Fields(t.Context(), "Leads")
				assert.NoError(t, err)
				_, err = conn.Modules(t.Context())
				assert.NoError(t, err)
				conn.ForgetMetadata()
			})
		}
		wg.Wait()
		fields, err := conn.Fields(t.Context(), "Leads")
		require.NoError(t, err)
		count[i] = len(fields)
	}
	assert.Equal(t, count[0], count[1]+1)
}

// TestDynamicKnowsItsFields has lists without a struct ask for the fields once.
func TestDynamicKnowsItsFields(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	crm.Seed("Leads", Fields{"Last_Name": "Doe"})
	crm.ResetRequests()
	leads := NewRecord[Dynamic](conn, InModule("Leads"))
	for range 3 {
		for lead, err := range leads.All(t.Context()) {
			require.NoError(t, err)
			assert.Equal(t, "Doe", lead.Fields["Last_Name"])
		}
	}
	n := 0
	for _, line := range asked(crm) {
		if line == "GET /crm/v8/settings/fields" {
			n++
		}
	}
	assert.Equal(t, 1, n)
}
