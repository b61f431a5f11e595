package fault_test

import (
	"errors"
	"fmt"
	"testing"

	"nazorat/internal/fault"
)

func TestWhatNobodyClassifiedIsInternal(t *testing.T) {
	t.Parallel()
	plain := errors.New("disk on fire")
	f := fault.Of(plain)
	if f.Kind != fault.Internal || f.Key != "fault.internal" || !errors.Is(f, plain) {
		t.Errorf("%v", f)
	}
	if fault.Of(nil) != nil {
		t.Error("no error became a fault")
	}
}

func TestFaultIsFoundThroughWrapping(t *testing.T) {
	t.Parallel()
	cause := errors.New("cause")
	inner := fault.New(fault.Conflict, "conflict.changed", fault.Args{"number": "1"}).Because(cause)
	err := fmt.Errorf("act: %w", inner)
	if got := fault.Of(err); got != inner || !fault.Is(err, fault.Conflict) || fault.Is(err, fault.Invalid) || !errors.Is(err, cause) {
		t.Errorf("%v", got)
	}
}

func TestBecauseLeavesTheOriginalAlone(t *testing.T) {
	t.Parallel()
	sentinel := fault.New(fault.NotFound, "proceeding.none", nil)
	_ = sentinel.Because(errors.New("x"))
	if sentinel.Unwrap() != nil {
		t.Error("a shared fault was changed")
	}
}

func TestErrorIsTheSameEachTime(t *testing.T) {
	t.Parallel()
	f := &fault.Error{Kind: fault.Invalid, Key: "k", Article: "CPC 329", Args: fault.Args{"b": 2, "a": 1, "c": "x"},
		Fields: map[string]fault.Error{"z": {Key: "kz"}, "y": {Key: "ky"}}}
	want := "invalid: k [CPC 329] a=1 b=2 c=x; y: ky; z: kz"
	for range 20 {
		if got := f.Error(); got != want {
			t.Fatalf("%s, want %s", got, want)
		}
	}
}
