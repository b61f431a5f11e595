package docket

import (
	"context"
	"slices"
	"time"

	"nazorat/internal/access"
	"nazorat/internal/directory"
	"nazorat/internal/fault"
	"nazorat/internal/procedure"
	"nazorat/internal/vault"
)

// A document is erased where the law orders it: its bytes are taken away, its hash stays in the entries that name it. The act is done in the file of
// an office; which one says nothing of the document. It reaches none that a proceeding of an office names, or an officer with a mandate there has
// brought, which he who confirms it does not administer: who has the bytes could otherwise name them in a case of his own and have them erased in
// another. Who proposed it is not asked.

// mayErase notes that an act erases a document, unless nothing names it, it is gone already, or others need it.
func (k *Docket) mayErase(w *work, e directory.Entry) error {
	hash := e.Record.Values["document"].Text
	refuse := func(key string, args fault.Args) error {
		if field := w.rule.FieldOf(procedure.EraseDocument, "document"); field != "" {
			return &fault.Error{Kind: fault.Invalid, Key: "refusal.bad_form", Fields: map[string]fault.Error{field: {Kind: fault.Invalid, Key: key, Args: args}}}
		}
		return fault.New(fault.Invalid, key, args)
	}
	if !vault.IsHash(hash) {
		return refuse("vault.no_hash", nil)
	}
	tx, err := w.t.s.reading()
	if err != nil {
		return err
	}
	erased, err := vault.IsErased(tx, hash)
	if err != nil {
		return err
	}
	if erased || w.t.erases(hash) {
		return refuse("vault.erased_already", nil)
	}
	ids, err := vault.Naming(tx, hash, mostHandedOver+1)
	if err != nil {
		return err
	}
	switch ids = w.t.naming(hash, ids); {
	case len(ids) == 0:
		return refuse("vault.named_nowhere", nil)
	case len(ids) > mostHandedOver:
		return refuse("directory.too_many_at_once", fault.Args{"n": len(ids), "most": mostHandedOver})
	}
	if err := w.t.s.read(missing(w.t, ids)); err != nil {
		return err
	}
	for _, id := range ids {
		h, err := w.t.proceeding(id)
		if err != nil {
			return err
		}
		if h == nil || !k.administers(w, h.office) {
			return refuse("vault.named_elsewhere", nil)
		}
	}
	elsewhere, err := k.waitsElsewhere(w, hash)
	if err != nil {
		return err
	}
	if elsewhere {
		return refuse("vault.waits_elsewhere", nil)
	}
	w.t.erasures = append(w.t.erasures, vault.Erasure{Hash: hash, At: w.recorded, Why: e.Record.Values["basis"].Text, Proceeding: e.Proceeding, Seq: e.Seq})
	return nil
}

// naming adds to the proceedings that name a document those that do so since the batch began: the tables do not have these yet.
func (t *turn) naming(hash string, ids []string) []string {
	for _, list := range [][]vault.Named{t.s.documents, t.documents} {
		for i := range list {
			if list[i].Hash == hash && !slices.Contains(ids, list[i].Proceeding) {
				ids = append(ids, list[i].Proceeding)
			}
		}
	}
	return ids
}

// erases reports whether a document is erased by what the batch did so far.
func (t *turn) erases(hash string) bool {
	is := func(e vault.Erasure) bool { return e.Hash == hash }
	return slices.ContainsFunc(t.s.erasures, is) || slices.ContainsFunc(t.erasures, is)
}

// waitsElsewhere reports whether an officer who serves, by any of his mandates, where the actor administers nothing has brought a document, and an
// act of his may name it.
func (k *Docket) waitsElsewhere(w *work, hash string) (bool, error) {
	s := w.t.s
	tx, err := s.reading()
	if err != nil {
		return false, err
	}
	found, err := vault.Uploads(tx, []string{hash}, k.Now())
	if err != nil {
		return false, err
	}
	var officers []string
	for of := range found {
		officers = append(officers, of.Officer)
	}
	if err := s.lookUp(slices.Clone(officers)); err != nil {
		return false, err
	}
	for _, id := range officers {
		for _, h := range s.holds[id] {
			if h.from <= w.recorded && (h.to == 0 || h.to > w.recorded) && !k.administers(w, h.office) {
				return true, nil
			}
		}
	}
	return false, nil
}

// administers reports whether the actor administers an office.
func (k *Docket) administers(w *work, office string) bool {
	return k.DecideAt(w.recorded, w.cmd.Actor, access.Administer, access.Resource{Office: office}).Allowed
}

// takingAway is how long the files that a batch has erased are worked on, and how long Close waits for that: a disk beyond a network may hang.
const takingAway = 10 * time.Second

// takeAway takes away the bytes of documents that were erased, beside the acts that follow. What it cannot take, the next sweep takes.
func (k *Docket) takeAway(erased []vault.Erasure) {
	keeper := k.uploads.Load()
	if keeper == nil || len(erased) == 0 {
		return
	}
	hashes := make([]string, len(erased))
	for i := range erased {
		hashes[i] = erased[i].Hash
	}
	k.taking.Go(func() {
		ctx, cancel := context.WithTimeout(context.Background(), takingAway)
		defer cancel()
		if err := keeper.TakeAway(ctx, hashes); err != nil {
			k.log.Error("the bytes of erased documents were not taken away: the next sweep takes them", "files", len(hashes), "error", err)
		}
	})
}

// tookAway waits until nothing is being taken away any more, or for as long as that may take.
func (k *Docket) tookAway() {
	all := make(chan struct{})
	go func() {
		k.taking.Wait()
		close(all)
	}()
	select {
	case <-all:
	case <-time.After(takingAway):
	}
}
