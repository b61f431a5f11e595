package docket_test

import (
	"bytes"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/directory"
	"nazorat/internal/docket"
	"nazorat/internal/fact"
	"nazorat/internal/fault"
	"nazorat/internal/procedure"
	"nazorat/internal/vault"
)

// A document is erased by two administrators, in the file of an office, on an order: its bytes go, its row says what, when, why and by which act, and
// the journal still leads to what the tables say. Who has the bytes of another office's document cannot have them erased there.
func TestDocumentIsErasedByTwo(t *testing.T) {
	each(t, reshaped, func(t *testing.T, h *house) {
		store, err := vault.NewDisk(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		keeper := vault.Open(h.db, store, h.Now)
		h.TakeUploads(keeper)
		var log bytes.Buffer
		h.LogTo(slog.New(slog.NewTextHandler(&log, nil)))
		take := func(text string) fact.File {
			f, err := keeper.Take(ctx, duty.Officer, "a.txt", strings.NewReader(text))
			if err != nil {
				t.Fatal(err)
			}
			return f
		}
		name := func(f fact.File, proceedings ...string) {
			err := h.db.Write(ctx, func(tx *db.Tx) error {
				var list []vault.Named
				for _, p := range proceedings {
					list = append(list, vault.Named{Proceeding: p, Seq: 1, Field: "paper_" + f.Hash[:4], File: f})
				}
				return vault.Attach(tx, list)
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		here := h.must(t, register("sardor")).Proceeding
		office := h.officeFile(t, aziza, "iib-1")
		order := func(hash string) map[string]string {
			return map[string]string{"document": hash, "order": "Court, 1-12/26"}
		}
		wanted, kept, nowhere := take("to be erased"), take("needed by others"), take("named by nobody")
		name(wanted, here)
		name(kept, here, h.officeFile(t, gulnora, "gp")) // of an office that aziza does not administer

		for _, x := range []struct{ hash, why string }{{strings.Repeat("x", 64), "vault.no_hash"}, {nowhere.Hash, "vault.named_nowhere"}, {kept.Hash, "vault.named_elsewhere"}} {
			if err := h.twice(t, office, "erasure", order(x.hash), aziza, bahrom); fault.Of(err).Key != x.why {
				t.Errorf("%s: %v", x.why, err)
			}
		}
		if err := h.twice(t, office, "erasure", order(wanted.Hash), aziza, bahrom); err != nil {
			t.Fatal(err)
		}
		h.TookAway()
		if _, err := store.Open(wanted.Hash); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("its bytes are there: %v", err)
		}
		if f, err := keeper.Open(ctx, kept.Hash); err != nil {
			t.Errorf("what others need has gone: %v", err)
		} else if err := f.Close(); err != nil {
			t.Error(err)
		}
		erased, err := keeper.Erased(ctx, []string{wanted.Hash, kept.Hash, nowhere.Hash})
		e := erased[wanted.Hash]
		if err != nil || len(erased) != 1 || e.Why != "Court, 1-12/26" || e.At != h.Now() || e.Proceeding != office {
			t.Errorf("%+v, %v", erased, err)
		}
		if file, err := h.Stored(ctx, office); err != nil || e.Seq != file.Version {
			t.Errorf("entry %d of %d, %v", e.Seq, file.Version, err)
		}
		if err := h.twice(t, office, "erasure", order(wanted.Hash), aziza, bahrom); fault.Of(err).Key != "vault.erased_already" {
			t.Errorf("again: %v", err)
		}
		// The disk does not let it go: the act stands, and the log says so without the hash, until a sweep can.
		stuck := take("the disk keeps it")
		name(stuck, here)
		place := filepath.Join(store.Root(), "files", stuck.Hash[:2])
		if err := errors.Join(os.Rename(place, place+".away"), os.WriteFile(place, nil, 0o600)); err != nil {
			t.Fatal(err)
		}
		if err := h.twice(t, office, "erasure", order(stuck.Hash), aziza, bahrom); err != nil {
			t.Fatal(err)
		}
		h.TookAway()
		if text := log.String(); strings.Count(text, "were not taken away") != 1 || strings.Contains(text, stuck.Hash) {
			t.Errorf("the log says %q", text)
		}
		if err := errors.Join(os.Remove(place), os.Rename(place+".away", place)); err != nil {
			t.Fatal(err)
		}
		if n, err := keeper.SweepOnce(ctx, time.Now(), false); err != nil || n != (vault.Swept{Erased: 1}) {
			t.Errorf("%+v, %v", n, err)
		}
		if c, err := keeper.Check(ctx, true); err != nil || len(c.Wrong) != 0 || c.Files != 1 {
			t.Errorf("%+v, %v", c, err)
		}
		h.fits(t)
		records := 0
		err = h.Entered(ctx, func(e directory.Entry) error {
			if e.Record.Does == procedure.EraseDocument && e.Record.Values["document"].Text == wanted.Hash {
				records++
			}
			return nil
		})
		if err != nil || records != 1 {
			t.Errorf("the journal has %d such records, %v", records, err)
		}
	})
}

// Nobody's document is erased by an act that came in together with the one that names it, whichever was first; nor while somebody of an office that
// the confirmer does not administer has brought it and may name it yet.
func TestErasingAndNamingInOneBatch(t *testing.T) {
	each(t, reshaped, func(t *testing.T, h *house) {
		store, err := vault.NewDisk(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		keeper := vault.Open(h.db, store, h.Now)
		h.TakeUploads(keeper)
		his, above := h.officeFile(t, aziza, "iib-1"), h.officeFile(t, gulnora, "gp") // who administers gp does not administer iib-1
		seq := int64(0)
		brought := func(text, file string) string { // named by a file, and brought by sardor, who may name it yet
			f, err := keeper.Take(ctx, inquirer.Officer, "a.txt", strings.NewReader(text))
			if err != nil {
				t.Fatal(err)
			}
			seq++
			err = h.db.Write(ctx, func(tx *db.Tx) error {
				return vault.Attach(tx, []vault.Named{{Proceeding: file, Seq: seq, Field: "paper", File: f}})
			})
			if err != nil {
				t.Fatal(err)
			}
			return f.Hash
		}
		proposed := func(hash, file string, first, second access.Actor) (confirm docket.Command) {
			r := h.must(t, docket.Command{Proceeding: file, Act: "propose_erasure", Actor: first, Form: map[string]string{"document": hash, "order": "Court, 1-12/26"}})
			for _, f := range r.Effects {
				confirm.Thing = max(confirm.Thing, f.Thing)
			}
			confirm.Proceeding, confirm.Act, confirm.Actor = file, "confirm_erasure", second
			return confirm
		}
		case1 := h.must(t, register("sardor")).Proceeding
		names := func(hash string) docket.Command {
			return docket.Command{Proceeding: case1, Act: "enter_exhibit", Actor: inquirer, Form: map[string]string{"what": "A knife", "found_in": "the yard", "kept_in": "room 4", "photo": hash}}
		}
		erased := func(hash string) bool {
			list, err := keeper.Erased(ctx, []string{hash})
			if err != nil {
				t.Fatal(err)
			}
			return len(list) == 1
		}

		hash := brought("named first", above)
		confirm := proposed(hash, above, gulnora, hamid)
		_, errs := h.Together(docket.Sent{Ctx: ctx, Command: names(hash)}, docket.Sent{Ctx: ctx, Command: confirm})
		if errs[0] != nil || errs[1] == nil || fieldKey(errs[1]) != "vault.named_elsewhere" || erased(hash) {
			t.Errorf("named, then erased: %v", errs)
		}

		hash = brought("erased first", his)
		_, errs = h.Together(docket.Sent{Ctx: ctx, Command: proposed(hash, his, aziza, bahrom)}, docket.Sent{Ctx: ctx, Command: names(hash)})
		if errs[0] != nil || errs[1] == nil || fieldKey(errs[1]) != "photo: "+procedure.FieldNoUpload || !erased(hash) {
			t.Errorf("erased, then named: %v", errs)
		}

		hash = brought("waits elsewhere", above)
		confirm = proposed(hash, above, gulnora, hamid)
		if _, err := h.Act(ctx, confirm); err == nil || fieldKey(err) != "vault.waits_elsewhere" || erased(hash) {
			t.Errorf("while it waits elsewhere: %v", err)
		}
		h.set(h.Now() + vault.TakenWithin + calendar.Hour)
		if _, err := h.Act(ctx, confirm); err != nil || !erased(hash) {
			t.Errorf("once nobody can name it: %v", err)
		}
	})
}
