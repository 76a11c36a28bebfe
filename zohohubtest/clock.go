package zohohubtest

import (
	"sync/atomic"
	"time"
)

// clock is the machine's time (inside a synctest bubble, the bubble's) moved by what tests asked for.
type clock struct{ ahead atomic.Int64 }

// now is in UTC and has no monotonic reading: expiries made inside and outside of a bubble must compare as wall time.
func (c *clock) now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())).UTC().Round(0) }

// Now is the fake's time: it dates records and ends tokens.
func (s *Server) Now() time.Time { return s.clock.now() }

// Advance moves the fake's time forward by d, so that tokens, grant codes and page tokens end without waiting. The clock
// of the program under test stays where it is.
func (s *Server) Advance(d time.Duration) { s.clock.ahead.Add(int64(d)) }
