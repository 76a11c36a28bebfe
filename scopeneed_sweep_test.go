package zohohub_test

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

// lackingScopes are what an error names.
var lackingScopes = regexp.MustCompile(`the token lacks the scope (\S+(?: and \S+)*)`)

// defaultUserID is who signs in when nobody says who.
const defaultUserID = "3652397000000186021"

// TestEveryCallNamesTheScopesItNeeds: who follows the errors, one after the other, gets there.
func TestEveryCallNamesTheScopesItNeeds(t *testing.T) {
	t.Parallel()
	for name, call := range everyCall() {
		if call.road >= signingIn || strings.HasPrefix(name, "Connection.Doctor") { // which names them in the Diagnosis
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			crm := zohohubtest.NewServer(t) // outside of the bubble, where its socket would keep time still
			synctest.Test(t, func(t *testing.T) {
				granted := []string{"ZohoCRM.none.READ"}
				for range 8 {
					w := newSweepWorld(t, crm, call)
					conn, err := NewConnection(w.cfg, crm.TokenOf(defaultUserID, granted...))
					require.NoError(t, err)
					w.conn, w.people = conn, NewRecord[Person](conn)
					got, err := call.do(t.Context(), w)
					time.Sleep(time.Minute)
					if !errors.Is(err, ErrScopeMismatch) {
						require.NoError(t, err)
						assert.Equal(t, call.result, got)
						return
					}
					named := lackingScopes.FindStringSubmatch(err.Error())
					require.NotNil(t, named, err)
					for scope := range strings.SplitSeq(named[1], " and ") {
						scope = strings.TrimRight(scope, ";,.")
						require.False(t, slices.Contains(granted, scope), "%s again: %v", scope, err)
						granted = append(granted, scope)
					}
				}
				require.Fail(t, "it never gets there", "%v", granted)
			})
		})
	}
}
