package demo

import (
	"fmt"
	"math/rand/v2"

	"nazorat/internal/calendar"
	"nazorat/internal/procedure"
)

// fill fills a form: what the habit knows, and for everything else that the
// law asks for something plausible of the right type.
func (l *life) fill(rule *procedure.ActRule, h *habit, i *intention) map[string]string {
	out := map[string]string{}
	given := map[string]bool{}
	for _, e := range h.form {
		given[e.field] = true
		if rule.Field(e.field) == nil {
			continue // the law no longer asks; TestHabitsNameWhatTheLawHas tells
		}
		if v := e.value(l, i); v != "" {
			out[e.field] = v
		}
	}
	for _, f := range rule.Form {
		if f == nil || given[f.Name] || f.Optional && f.NeededIf == nil {
			continue
		}
		if v := l.invent(rule, f, i, out); v != "" {
			out[f.Name] = v
		}
	}
	return out
}

// invent is a plausible value of a field's type; a text goes with the ground or reason given before it.
func (l *life) invent(rule *procedure.ActRule, f *procedure.Field, i *intention, form map[string]string) string {
	switch f.Type {
	case procedure.Choice:
		return pick(l.r, f.Choices)
	case procedure.Text:
		for _, key := range []string{rule.Name + "." + f.Name + "." + form["ground"] + form["reason"], rule.Name + "." + f.Name, f.Name} {
			if list := phrases[key]; list != nil {
				return pick(l.r, list)
			}
		}
		return pick(l.r, phrases["note"])
	case procedure.Number:
		return fmt.Sprint(1 + l.r.IntN(9))
	case procedure.Money:
		return fmt.Sprint((5 + l.r.IntN(60)) * 1_000_000)
	case procedure.YesNo:
		return mostlyYes(l, i)
	case procedure.Date:
		return l.days.Zone().Date(i.at).String()
	case procedure.Moment:
		return l.moment(i.at - i.at%calendar.Minute)
	case procedure.Person:
		return person(l, i)
	case procedure.Officer:
		return l.officer(f.Roles)
	case procedure.Office:
		return l.beat.office
	case procedure.Article:
		return article(l, i)
	case procedure.Place:
		return l.beat.office[len("ia-"):]
	}
	return ""
}

// phrases by field, or by act and field.
var phrases = map[string][]string{
	"note":                          {"Qaror asoslari ish hujjatlarida keltirilgan.", "Hujjatlar bilan tanishib chiqildi.", "Belgilangan tartibda bajarildi."},
	"refuse.note":                   {"Tekshiruv hujjatlari asosida qaror qilindi."},
	"refuse.note.no_event":          {"Jinoyat hodisasi tasdiqlanmadi.", "Tekshiruvda jinoyat hodisasi yuz bermagani aniqlandi."},
	"refuse.note.no_corpus":         {"Tekshiruvda jinoyat tarkibi aniqlanmadi.", "Nizo fuqarolik tartibida hal etiladi.", "Maʼmuriy huquqbuzarlik belgilari mavjud, hujjatlar ajratildi."},
	"refuse.note.reconciliation":    {"Taraflar yarashdi, zarar toʻliq qoplandi."},
	"refuse.note.no_complaint":      {"Jabrlanuvchi shikoyat qilmasligini yozma bildirdi."},
	"refuse.note.age":               {"Qilmishni sodir etgan shaxs javobgarlik yoshiga yetmagan."},
	"terminate.note":                {"Toʻplangan dalillar asosida qaror qilindi."},
	"terminate.note.reconciliation": {"Taraflar yarashdi, zarar toʻliq qoplandi."},
	"terminate.note.no_corpus":      {"Harakatlarida jinoyat tarkibi yoʻq."},
	"terminate.note.not_involved":   {"Toʻplangan dalillar shaxsning aybini tasdiqlamadi."},
	"terminate.note.limitation":     {"Javobgarlikka tortish muddati oʻtgan."},
	"extend_inquiry.note":           {"Sud-tovarshunoslik ekspertizasi xulosasi kutilmoqda.", "Guvohlardan biri safarda, soʻroq qilish zarur."},
	"extend_investigation.note": {"Sud-psixiatriya ekspertizasi tugallanmagan.", "Xorijga yuborilgan huquqiy yordam soʻrovining javobi kutilmoqda.",
		"Moliyaviy taftish davom etmoqda."},
	"extend_investigation_further.note":            {"Ish oʻta murakkab: taftish va ikki ekspertiza tugallanmagan."},
	"request_extension.reasons":                    {"Kompleks ekspertiza tayinlangan, xulosa olinmagan.", "Yangi epizodlar aniqlandi, qoʻshimcha soʻroqlar zarur."},
	"return_case.instructions":                     {"Koʻrsatilgan kamchiliklar bartaraf etilsin."},
	"return_case.instructions.incomplete":          {"Guvohlarni yuzlashtirish va yetkazilgan zarar miqdorini aniqlash lozim."},
	"return_case.instructions.unlawful_evidence":   {"Koʻzdan kechirish bayonnomasi xolislarsiz tuzilgan, dalil sifatida chiqarib tashlansin."},
	"return_case.instructions.wrong_qualification": {"Qilmish notoʻgʻri kvalifikatsiya qilingan, ayblov qayta koʻrib chiqilsin."},
	"return_case.instructions.culprits_missing":    {"Jinoyatda ishtirok etgan boshqa shaxslarni aniqlash lozim."},
	"return_case.instructions.rights_violated":     {"Ayblanuvchi ish hujjatlari bilan himoyachi ishtirokida tanishtirilsin."},
	"return_case.instructions.indictment_faulty":   {"Ayblov xulosasidagi kamchiliklar bartaraf etilsin."},
	"transfer.to_body":                             {"Soliq qoʻmitasi huzuridagi tergov organi", "Bojxona organining surishtiruv boʻlinmasi", "Majburiy ijro byurosi"},
	"deny_custody.note":                            {"Qamoqqa olish uchun asoslar yetarli emas."},
	"whom":                                         {"turmush oʻrtogʻi", "otasi", "onasi", "akasi", "opasi"},
}

func (l *life) moment(m calendar.Moment) string { return l.days.Zone().Format(m - m%calendar.Minute) }

func (l *life) officer(roles []string) string {
	for _, role := range roles {
		if list := l.held[l.beat.office+" "+role]; len(list) > 0 {
			return list[l.r.IntN(len(list))].Officer
		}
	}
	return ""
}

func one(s string) func(*life, *intention) string { return func(*life, *intention) string { return s } }

// source is drawn once: the applicant goes with it.
func source(l *life, _ *intention) string {
	l.source = "statement"
	switch n := l.r.IntN(100); {
	case l.plan.urgent:
		l.source = "direct"
	case n < 74:
	case n < 86:
		l.source = "organisation"
	case n < 97:
		l.source = "direct"
	case n < 98:
		l.source = "surrender"
	default:
		l.source = "media"
	}
	return l.source
}

func applicant(l *life, i *intention) string {
	if name := person(l, i); l.source == "statement" {
		return name
	}
	return ""
}

// weighted draws one of the words by its share of a hundred.
func weighted(r *rand.Rand, words []string, shares []int) string {
	n := r.IntN(100)
	for i, s := range shares {
		if n -= s; n < 0 {
			return words[i]
		}
	}
	return words[len(words)-1]
}

func refusalGround(l *life, _ *intention) string {
	if l.plan.crime.gravity == noCrime {
		return weighted(l.r, []string{"no_event", "no_corpus"}, []int{55, 45})
	}
	return weighted(l.r, []string{"no_corpus", "reconciliation", "no_complaint", "no_event", "age"}, []int{50, 22, 15, 9, 4})
}

func terminationGround(l *life, _ *intention) string {
	return weighted(l.r, []string{"reconciliation", "no_corpus", "not_involved", "limitation"}, []int{55, 25, 15, 5})
}

func summary(l *life, _ *intention) string { return l.plan.crime.summary(l.r) }

// knownArticle is the article as the duty officer sees it, who often does not yet.
func knownArticle(l *life, _ *intention) string {
	if chance(l.r, 0.4) {
		return ""
	}
	return l.plan.crime.article
}

func article(l *life, _ *intention) string {
	if l.plan.crime.article == "" {
		return "CC 277"
	}
	return l.plan.crime.article
}

// firstInCharge: grave matters go to an investigator at once.
func firstInCharge(l *life, _ *intention) string {
	switch {
	case l.plan.charge != "":
		return l.plan.charge
	case l.plan.crime.gravity >= grave && chance(l.r, 0.8):
		return l.officer([]string{"investigator", "inquirer"})
	}
	return l.officer([]string{"inquirer", "investigator"})
}

// colleague is another officer of the same role.
func colleague(l *life, _ *intention) string {
	return l.officer([]string{l.by[l.run.State.InCharge].Role, "investigator"})
}

// investigator takes over from an inquirer.
func investigator(l *life, _ *intention) string {
	if l.by[l.run.State.InCharge].Role == "investigator" {
		return ""
	}
	return l.officer([]string{"investigator"})
}

func person(l *life, _ *intention) string { return l.beat.peoples.name(l.r, 25) }

func counsel(l *life, _ *intention) string { return l.beat.peoples.name(l.r, 45) }

func born(l *life, i *intention) string {
	return (l.days.Zone().Date(i.at) - calendar.Date(18*366+l.r.IntN(42*365))).String()
}

func court(l *life, _ *intention) string { return l.beat.court }

func relative(l *life, _ *intention) string { return pick(l.r, phrases["whom"]) }

func mostlyYes(l *life, _ *intention) string {
	if chance(l.r, 0.9) {
		return "yes"
	}
	return "no"
}

// justNow is when somebody was in fact detained, a little before it is written down.
func justNow(l *life, i *intention) string { return l.moment(i.at - 5*minute - l.upTo(50*minute)) }

func shortlyBefore(l *life, i *intention) string { return l.moment(i.at - minute - l.upTo(8*minute)) }

func placeOfDetention(l *life, _ *intention) string {
	return fmt.Sprintf("%s koʻchasi %d-uy yaqini", pick(l.r, streets), 1+l.r.IntN(140))
}

func counselIs(l *life, _ *intention) string {
	if l.plan.chosen {
		return "chosen"
	}
	return "appointed"
}

func sought(l *life, _ *intention) string {
	if chance(l.r, 0.08) {
		return "house_arrest"
	}
	return "custody"
}

func releaseGround(l *life, _ *intention) string {
	return pick(l.r, []string{"not_confirmed", "no_need", "no_need"})
}

var (
	overGround   = one("term_over")
	deniedGround = one("denied")
)

// heldSince is from when custody counts: from the detention, or from now.
func heldSince(l *life, i *intention) string {
	if since := l.fact(i.thing, "held_since"); since != "" {
		return since
	}
	return l.moment(i.at)
}

func suspension(l *life, _ *intention) string {
	if l.suspects() == 0 {
		return "unknown_offender"
	}
	return pick(l.r, []string{"hiding", "illness", "abroad"})
}

func askedFor(l *life, _ *intention) string {
	if l.did["request_extension"] > 0 {
		return "seven_months"
	}
	return "five_months"
}

// indictment is what ends the route taken.
func indictment(l *life, _ *intention) string {
	if l.fact(0, "route") == "inquiry" {
		return "indictment_act"
	}
	return "indictment"
}
