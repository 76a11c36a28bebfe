package zohohub_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

func TestAMissingScopeIsNamed(t *testing.T) {
	t.Parallel()
	crm := zohohubtest.NewServer(t)
	auth := NewAuth(crm.Config())
	tok, err := auth.Exchange(t.Context(), crm.GrantCode("ZohoCRM.modules.leads.READ"))
	require.NoError(t, err)
	conn, err := NewConnection(crm.Config(), tok)
	require.NoError(t, err)
	for text, call := range map[string]func() error{
		"zohohub: create Leads: OAUTH_SCOPE_MISMATCH: invalid oauth scope to access this URL (HTTP 401): the token lacks the scope ZohoCRM.modules.leads.CREATE": func() error {
			return NewRecord[Lead](conn).Create(t.Context(), &Lead{LastName: "Doe"})
		},
		"zohohub: find Sales_Orders: OAUTH_SCOPE_MISMATCH: invalid oauth scope to access this URL (HTTP 401): the token lacks the scope ZohoCRM.modules.salesorders.READ": func() error {
			_, err := NewRecord[Dynamic](conn, InModule("Sales_Orders")).Find(t.Context(), "5725767000000000001")
			return err
		},
		"zohohub: count Leads: OAUTH_SCOPE_MISMATCH: invalid oauth scope to access this URL (HTTP 401): the token lacks the scope ZohoSearch.securesearch.READ": func() error {
			_, err := NewRecord[Lead](conn).Count(t.Context())
			return err
		},
		"zohohub: get users: OAUTH_SCOPE_MISMATCH: invalid oauth scope to access this URL (HTTP 401): the token lacks the scope ZohoCRM.users.READ": func() error {
			return conn.Get(t.Context(), "users?type=CurrentUser", nil, nil)
		},
		"zohohub: list fields Leads: OAUTH_SCOPE_MISMATCH: invalid oauth scope to access this URL (HTTP 401): the token lacks the scope ZohoCRM.settings.fields.READ": func() error {
			_, err := conn.Fields(t.Context(), "Leads")
			return err
		},
	} {
		err := call()
		require.ErrorIs(t, err, ErrScopeMismatch)
		require.EqualError(t, err, text)
	}
}
