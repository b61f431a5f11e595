package docket

import (
	"nazorat/internal/access"
	"nazorat/internal/directory"
	"nazorat/internal/fault"
	"nazorat/internal/procedure"
	"nazorat/internal/vault"
)

// A document is erased where the law orders it: its bytes are taken away, its hash stays in the entries that name it. The act is done in the file of
// an office, by whoever administers that. It reaches no document that a proceeding of an office names which he does not administer: who has
// the bytes could otherwise name them in a case of his own and have them erased in another.

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
	if erased {
		return refuse("vault.erased_already", nil)
	}
	ids, err := vault.Naming(tx, hash, mostHandedOver+1)
	switch {
	case err != nil:
		return err
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
		if h == nil || !k.DecideAt(w.recorded, w.cmd.Actor, access.Administer, access.Resource{Office: h.office}).Allowed {
			return refuse("vault.named_elsewhere", nil)
		}
	}
	w.t.erasures = append(w.t.erasures, vault.Erasure{Hash: hash, At: w.recorded, Why: e.Record.Values["basis"].Text, Proceeding: e.Proceeding, Seq: e.Seq})
	return nil
}

func hashesOf(list []vault.Erasure) (out []string) {
	for i := range list {
		out = append(out, list[i].Hash)
	}
	return out
}
