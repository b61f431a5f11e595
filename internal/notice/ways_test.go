package notice_test

import (
	"regexp"
	"slices"
	"testing"
	"testing/fstest"

	"nazorat/internal/calendar"
	"nazorat/internal/fault"
	"nazorat/internal/notice"
	"nazorat/laws"
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
	var k notice.Keeper
	for typed, want := range map[string]string{
		" a@example.uz ": "a@example.uz", "Name <a@example.uz>": "", "a@example.uz, b@example.uz": "", "a@example.uz\r\nBcc: b@example.uz": "", "аня@example.uz": "", "a": "", "": "",
	} {
		if got, err := k.AddressOf(notice.Email, typed); got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v", typed, got, err)
		}
	}
	for typed, want := range map[string]string{ // where nothing is known of the country
		"+998 (90) 123-45-67": "+998901234567", "998901234567": "", "+0901234567": "", "+99890": "", "+99890123456789012": "", "+9989012345a7": "", "": "",
	} {
		if got, err := k.AddressOf(notice.SMS, typed); got != want || (err == nil) != (want != "") || err != nil && fault.Of(err).Key != "notice.bad_number_abroad" {
			t.Errorf("%q: %q, %v", typed, got, err)
		}
	}
}

func TestOneNumberIsOneHoweverItIsWritten(t *testing.T) {
	t.Parallel()
	here, err := notice.ReadTelephones(laws.FS, "uz/service")
	if err != nil {
		t.Fatal(err)
	}
	k := notice.Keeper{Options: notice.Options{Telephones: here}}
	for _, typed := range []string{"+998 90 123-45-67", "998901234567", "90 123 45 67", "8 90 123 45 67", "+998901234567", "00998 90 123 45 67", "(90) 123‑45‑67", "90.123.45.67", " 90\u00a0123\t45–67 "} {
		if got, err := k.AddressOf(notice.SMS, typed); got != "+998901234567" || err != nil {
			t.Errorf("%q: %q, %v", typed, got, err)
		}
	}
	for typed, want := range map[string]string{"+7 495 123-45-67": "+74951234567", "00 44 20 7946 0958": "+442079460958", "998 12 34 56": "+998998123456"} {
		if got, err := k.AddressOf(notice.SMS, typed); got != want || err != nil {
			t.Errorf("%q: %q, %v", typed, got, err)
		}
	}
	for _, typed := range []string{"", "+", "00", "12", "123 45 67", "+998 90 123 45 6", "+998 90 123 45 678", "998 90 123 45 678", "0 90 123 45 67", "7 495 123 45 67", "+0901234567", "90 123 45 6a", "90/1234567",
		"9٠1234567", "90 123 45 67, 91 123 45 67", "+1234567890123456", "++998901234567"} {
		f := fault.Of(wrongBy(k.AddressOf(notice.SMS, typed)))
		if f == nil || f.Key != "notice.bad_number" || f.Args["example"] != here.Example {
			t.Errorf("%q: %v", typed, f)
		}
	}
}

// wrongBy is the error of an address; one of its own where there was none.
func wrongBy(at string, err error) error {
	if err == nil {
		return fault.New(fault.Internal, at, nil)
	}
	return err
}

func TestHowNumbersAreWrittenIsReadStrictly(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "country: 998\ndigits: 9\nexample: 1\n", "country: \"+998\"\ndigits: 9\nexample: 90 123 45 67\n", "country: \"998\"\ndigits: 19\nexample: 90 123 45 67\n",
		"country: \"998\"\ndigits: 9\nexample: 90 123 45 67\nbefore: [\"\"]\n", "country: \"998\"\ndigits: 9\nexample: 90 123 45 67\nfront: [\"8\"]\n"} {
		if got, err := notice.ReadTelephones(fstest.MapFS{"a/" + notice.TelephonesFile: {Data: []byte(text)}}, "a"); err == nil || got.Country != "" {
			t.Errorf("%q: %+v", text, got)
		}
	}
	if _, err := notice.ReadTelephones(fstest.MapFS{}, "a"); err == nil {
		t.Error("a file that is not there is none")
	}
}
