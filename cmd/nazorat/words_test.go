package main

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"nazorat/internal/fault"
)

func TestWhatIsSaidOfAFaultKeepsWhereItWentWrong(t *testing.T) {
	f := fault.New(fault.Invalid, "fault.bad_form", nil)
	f.Fields = map[string]fault.Error{"residence": {Key: "field.bad_place"}, "born": {Key: "field.not_a_date"}}
	sentence := said(f)
	if !strings.Contains(sentence, "could not be read to its end") || !strings.Contains(sentence, "; born: ") || !strings.Contains(sentence, "; residence: ") {
		t.Fatalf("not in words: %q", sentence)
	}
	where := fmt.Errorf("case 12 of 400: enter_details: %w", f)
	for _, err := range []error{where, errors.Join(where, nil)} {
		if got := said(err); got != "case 12 of 400: enter_details: "+sentence {
			t.Errorf("%q", got)
		}
	}
	if got := said(errors.Join(where, errors.New("and nothing was cleared away"))); !strings.Contains(got, sentence) || !strings.Contains(got, "nothing was cleared away") {
		t.Errorf("%q", got)
	}
}
