package observe_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"nazorat/internal/lawload"
	"nazorat/internal/observe"
	"nazorat/internal/procedure"
	"nazorat/laws"
)

const someFines = `case_id,activity,timestamp,amount,expense,totalPaymentAmount,article,vehicleClass,points
A,Create Fine,2012-01-10,36.00,,,157,A,0
A,Payment,2012-01-15,,,36.00,,,
B,Create Fine,2012-01-10,36.00,,,157,A,0
B,Payment,2012-01-16,,,10.00,,,
B,Send Fine,2012-01-12,,13.00,,,,
`

func taken(t *testing.T, text string, each func(id string, acts []procedure.Act) error) (observe.Taken, error) {
	t.Helper()
	log := filepath.Join(t.TempDir(), "fines.csv")
	if err := os.WriteFile(log, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return observe.Acts(context.Background(), observe.Options{Laws: laws.FS, Law: "it/road-fines", Log: log}, each)
}

// Of two acts that a payment can be the sum decides, and what is later in the file but earlier in time comes first.
func TestALogIsGivenAsTheActsThatItsEventsAreTakenFor(t *testing.T) {
	t.Parallel()
	law, _, err := lawload.Load(laws.FS, "it/road-fines")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	sum, err := taken(t, someFines, func(id string, acts []procedure.Act) error {
		line := id + ":"
		for _, a := range acts {
			line += " " + law.ActName(a.Act)
			if v := a.Form; law.ActName(a.Act) == "create_fine" && (len(v) == 0 || !v[0].Given()) {
				t.Errorf("%s: the form of the first act is lost: %v", id, v)
			}
		}
		got = append(got, line)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := "A: create_fine pay_in_full\nB: create_fine send_fine pay_in_part"; strings.Join(got, "\n") != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if sum.Cases != 2 || sum.Events != 5 || sum.Last.Time().Format("2006-01-02") != "2012-01-15" {
		t.Errorf("%+v", sum)
	}
}

func TestWhatDoesNotBelongEndsOrIsTold(t *testing.T) {
	t.Parallel()
	enough := errors.New("enough")
	if _, err := taken(t, someFines, func(string, []procedure.Act) error { return enough }); !errors.Is(err, enough) {
		t.Errorf("got %v", err)
	}
	sum, err := taken(t, someFines+"C,Fly,2012-01-10,,,,,,\n", func(string, []procedure.Act) error { return nil })
	if !errors.Is(err, observe.ErrUnmapped) || len(sum.Unmapped) != 1 || sum.Unmapped[0] != "Fly" || sum.Cases != 3 {
		t.Errorf("%+v, %v", sum, err)
	}
}
