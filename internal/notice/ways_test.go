package notice_test

import (
	"regexp"
	"slices"
	"testing"

	"nazorat/internal/calendar"
	"nazorat/internal/fault"
	"nazorat/internal/notice"
)

var sixDigits = regexp.MustCompile(`\b\d{6}\b`)

func TestAnAddressIsConfirmedByTheCodeThatWasSentThere(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := newPost(t)
		k := h.keeper(t, mailTo(t, p), nil)
		wants(t, k.Propose(ctx, "sardor", notice.Email, "no address", "en"), fault.Invalid)
		wants(t, k.Propose(ctx, "sardor", notice.SMS, "+998901234567", "en"), fault.Unavailable)
		if err := k.Propose(ctx, "sardor", notice.Email, "sardor@office.example", "en"); err != nil {
			t.Fatal(err)
		}
		wants(t, k.Confirm(ctx, "sardor", notice.Email, "wrong", "en"), fault.Invalid)
		wants(t, k.Confirm(ctx, "malika", notice.Email, "000000", "en"), fault.Invalid)
		deliver(t, k)
		mails := p.got()
		if len(mails) != 1 {
			t.Fatalf("%+v", mails)
		}
		code := sixDigits.FindString(mails[0].text)
		var kept, body string
		if err := h.db.QueryRow(ctx, `SELECT w.code, m.body FROM notice_way w, message m WHERE w.officer = 'sardor'`).Scan(&kept, &body); err != nil || kept == "" || kept == code || body != "" {
			t.Errorf("kept as %q, sent with %q, %v", kept, body, err)
		}
		if err := k.Confirm(ctx, "sardor", notice.Email, code[:3]+" "+code[3:], "ru"); err != nil {
			t.Fatal(err)
		}
		wants(t, k.Confirm(ctx, "sardor", notice.Email, code, "ru"), fault.Invalid) // once
		if err := k.Choose(ctx, "sardor", notice.Email, []notice.Kind{notice.Charge, notice.Warning}); err != nil {
			t.Fatal(err)
		}
		wants(t, k.Choose(ctx, "sardor", notice.Email, []notice.Kind{"everything"}), fault.Invalid)
		ways, err := k.Ways(ctx, "sardor")
		if err != nil || ways[notice.Email] == nil || ways[notice.Email].Address != "sardor@office.example" || ways[notice.Email].Lang != "ru" || !slices.Equal(ways[notice.Email].Kinds, []notice.Kind{notice.Charge, notice.Warning}) {
			t.Errorf("%+v, %v", ways[notice.Email], err)
		}
		if err := k.Drop(ctx, "sardor", notice.Email); err != nil {
			t.Fatal(err)
		}
		if ways, err = k.Ways(ctx, "sardor"); err != nil || len(ways) != 0 {
			t.Errorf("%+v, %v", ways, err)
		}
	})
}

func TestACodeIsTriedFiveTimesAndForAQuarterOfAnHour(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := newPost(t)
		k := h.keeper(t, mailTo(t, p), nil)
		code := func() string {
			if err := k.Propose(ctx, "sardor", notice.Email, "sardor@office.example", "uz-Cyrl"); err != nil {
				t.Fatal(err)
			}
			deliver(t, k)
			mails := p.got()
			return sixDigits.FindString(mails[len(mails)-1].text)
		}
		right := code()
		for range 5 {
			wants(t, k.Confirm(ctx, "sardor", notice.Email, "x"+right, "en"), fault.Invalid)
		}
		wants(t, k.Confirm(ctx, "sardor", notice.Email, right, "en"), fault.Invalid)
		late := code()
		h.pass(16 * calendar.Minute)
		wants(t, k.Confirm(ctx, "sardor", notice.Email, late, "en"), fault.Invalid)
		for range 3 {
			code()
		}
		wants(t, k.Propose(ctx, "sardor", notice.Email, "sardor@office.example", "en"), fault.Forbidden)
		if err := k.Propose(ctx, "malika", notice.Email, "malika@office.example", "en"); err != nil {
			t.Errorf("another officer: %v", err)
		}
		h.pass(calendar.Hour)
		code()
	})
}

func TestOnlyWhatIsAnAddressIsOne(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		" a@example.uz ": "a@example.uz", "Name <a@example.uz>": "", "a@example.uz, b@example.uz": "", "a@example.uz\r\nBcc: b@example.uz": "", "аня@example.uz": "", "a": "", "": "",
	} {
		if got, err := notice.Address(notice.Email, typed); got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v", typed, got, err)
		}
	}
	for typed, want := range map[string]string{
		"+998 (90) 123-45-67": "+998901234567", "998901234567": "", "+0901234567": "", "+99890": "", "+99890123456789012": "", "+9989012345a7": "",
	} {
		if got, err := notice.Address(notice.SMS, typed); got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v", typed, got, err)
		}
	}
}
