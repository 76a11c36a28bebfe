package zohohub

import (
	"errors"
	"fmt"
)

// errNoReturn is for code of the caller's that ends its goroutine (runtime.Goexit), as FailNow does.
var errNoReturn = errors.New("the call did not return")

// guard runs do, in a goroutine of ours, and tells ended how it came to its end: nil when do returned. Do calls code of the
// caller's, a RoundTripper, a TokenSource or an UnmarshalJSON, which may panic or end the goroutine: neither must end the
// process, nor leave somebody waiting.
func guard(do func(), ended func(stray error)) {
	stray := errNoReturn
	defer func() {
		if v := recover(); v != nil {
			stray = &panicError{v}
		}
		ended(stray)
	}()
	do()
	stray = nil
}

// panicError is a panic on its way to the caller's goroutine.
type panicError struct{ value any }

func (p *panicError) Error() string { return fmt.Sprint("panic: ", p.value) }

// repanic panics as the caller's code did, if that is what err is: where the caller can catch it, as without a goroutine.
func repanic(err error) {
	if p, ok := errors.AsType[*panicError](err); ok {
		panic(p.value)
	}
}
