package ui

import (
	"context"
	"io"

	"github.com/a-h/templ"
)

// gallery is what the browser test looks at: pages as officers will have them,
// which together use every component. Nothing in it is true.
type gallery struct {
	lang  string
	asked map[string]bool // when there, what components ask for is noted
}

func (g gallery) w(uz, ru string) string {
	if g.lang == "ru" {
		return ru
	}
	return uz
}

// inside gives a component its children, as braces do in a .templ file.
func inside(c templ.Component, children ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return c.Render(templ.WithChildren(ctx, templ.Join(children...)), w)
	})
}

func (g gallery) page(title string, current int) Page {
	w := g.w
	nav := []NavItem{
		{Text: w("Mening ishim", "Моя работа"), Href: "/work", Count: 3, CountLabel: w("muddati oʻtgan", "просрочено")},
		{Text: w("Ishlar", "Дела"), Href: "/case"},
		{Text: w("Nazorat taxtasi", "Доска надзора"), Href: "/parts"},
		{Text: w("Murojaat qabul qilish", "Принять сообщение"), Href: "/form"},
		{Text: w("Qonun", "Закон"), Href: "/law"},
	}
	nav[current].Current = true
	return Page{
		Lang: g.lang, Title: title, Texts: words(g), Nav: nav, Find: &FindView{Action: "/find"}, Synthetic: true,
		Languages: []Language{
			{Code: "uz", Name: "Oʻzbekcha", Short: "Oʻz", Href: "?lang=uz", Current: g.lang == "uz"},
			{Code: "uz-Cyrl", Name: "Ўзбекча", Short: "Ўз", Href: "?lang=uz-Cyrl"},
			{Code: "ru", Name: "Русский", Short: "Ру", Href: "?lang=ru", Current: g.lang == "ru"},
			{Code: "en", Name: "English", Short: "En", Href: "?lang=en"},
		},
		User: &User{
			Name: w("Gʻulomov Ulugʻbek", "Гуломов Улугбек"), Role: w("Prokuror yordamchisi", "Помощник прокурора"),
			Office: w("Chilonzor tumani", "Чиланзарский район"), Href: "/me", SignOut: "/sign-out",
		},
		FooterLinks: []Crumb{{Text: w("Qoʻllanma", "Руководство"), Href: "/guide"}},
	}
}

func (g gallery) work() templ.Component {
	w := g.w
	p := g.page(w("Mening ishim", "Моя работа"), 0)
	p.Notices = []NoticeView{{Tone: Good, Text: w("Tekshiruv muddati 1 oygacha uzaytirildi. Yangi muddat: 2026-yil 7-aprel, 18:00.", "Срок проверки продлён до 1 месяца. Новый срок: 7 апреля 2026 года, 18:00.")}}
	row := func(tone DeadlineTone, no, about, duty, due, left, article string, things int) Row {
		return Row{Tone: tone, Cells: []Cell{
			{Text: no, Href: "/case", Note: about, Head: true},
			{Text: duty, Note: article},
			{Text: due},
			{Body: DeadlineTag(tone, left)},
			{Text: string(rune('0' + things))},
		}}
	}
	return Layout(p, templ.Join(
		Heading(HeadingView{
			Caption: w("2026-yil 8-mart, yakshanba, 15:10", "Воскресенье, 8 марта 2026 года, 15:10"),
			Title:   w("Mening ishim", "Моя работа"),
			Aside:   Button(ButtonView{Text: w("Murojaatni roʻyxatga olish", "Зарегистрировать сообщение"), Href: "/form"}),
		}),
		inside(Stats(),
			Stat(StatView{Number: "3", Label: w("muddati oʻtgan", "просрочено"), Href: "/work?late", Tone: Late}),
			Stat(StatView{Number: "7", Label: w("bugun va ertaga", "сегодня и завтра"), Href: "/work?soon", Tone: Soon}),
			Stat(StatView{Number: "41", Label: w("muddatida", "в срок"), Href: "/work?ok", Tone: OnTime}),
			Stat(StatView{Number: "2", Label: w("toʻxtatilgan", "приостановлено"), Href: "/work?stopped", Tone: Stopped}),
			Stat(StatView{Number: "128", Label: w("yakunlangan", "завершено"), Note: w("shu oyda", "в этом месяце")}),
		),
		Tabs(w("Koʻrinish", "Вид"), []TabItem{
			{Text: w("Men bajaraman", "Мои обязанности"), Href: "/work", Current: true, Count: 12},
			{Text: w("Men nazorat qilaman", "Под моим надзором"), Href: "/work?v=2", Count: 41},
			{Text: w("Kuzatuvda", "На контроле"), Href: "/work?v=3"},
		}),
		inside(Filters(FilterView{
			Title: w("Saralash", "Отбор"), Action: "/work", Apply: w("Qoʻllash", "Применить"), ClearText: w("Hammasini olib tashlash", "Сбросить всё"), ClearHref: "/work",
			Chosen: []FilterChip{{Text: w("Chilonzor tumani", "Чиланзарский район"), RemoveHref: "/work"}, {Text: w("Tergovga qadar tekshiruv", "Доследственная проверка"), RemoveHref: "/work"}},
		}),
			Select(SelectField{Field: Field{Name: "office", Label: w("Organ", "Орган")}, Value: "2", Empty: w("Barchasi", "Все"), Options: []Option{{Value: "1", Text: w("Toshkent shahri", "Город Ташкент")}, {Value: "2", Text: w("Chilonzor tumani", "Чиланзарский район")}}}),
			Text(TextField{Field: Field{Name: "q", Label: w("Ish raqami yoki shaxs", "Номер дела или лицо")}, Type: "search"}),
		),
		Table(TableView{
			ID: "duties", Caption: w("Bajarilishi lozim boʻlgan ishlar", "Что должно быть сделано"), HideCaption: true,
			Columns: []Column{
				{Text: w("Ish", "Дело"), SortHref: "?sort=no"},
				{Text: w("Nima qilish kerak", "Что сделать")},
				{Text: w("Muddat", "Срок"), Unbroken: true, SortHref: "?sort=due", Sorted: "ascending"},
				{Text: w("Holati", "Состояние")},
				{Text: w("Shaxslar", "Лиц"), Numeric: true, SortHref: "?sort=n"},
			},
			Rows: []Row{
				row(Late, "CHIL-2026-000118", w("Oʻgʻrilik, Bunyodkor koʻchasi", "Кража, улица Бунёдкор"), w("Ariza boʻyicha qaror qabul qilish", "Принять решение по сообщению"), "06.03.2026 18:00", w("2 kun kechikdi", "Просрочено на 2 дня"), w("JPK 329-modda", "УПК, статья 329"), 1),
				row(Soon, "CHIL-2026-000124", w("Firibgarlik, «Ishonch» MChJ", "Мошенничество, ООО «Ишонч»"), w("Ehtiyot chorasi haqida sudga iltimosnoma kiritish", "Внести в суд ходатайство о мере пресечения"), "08.03.2026 23:10", w("8 soat qoldi", "Осталось 8 часов"), w("JPK 243-modda", "УПК, статья 243"), 2),
				row(Soon, "CHIL-2026-000131", w("Tan jarohati yetkazish", "Причинение телесных повреждений"), w("Ekspertiza xulosasini qoʻshish", "Приобщить заключение эксперта"), "09.03.2026 18:00", w("1 kun qoldi", "Остался 1 день"), w("JPK 180-modda", "УПК, статья 180"), 1),
				row(OnTime, "CHIL-2026-000097", w("Mansab vakolatini suiisteʼmol qilish", "Злоупотребление должностным положением"), w("Dastlabki tergovni yakunlash", "Окончить предварительное следствие"), "02.06.2026 18:00", w("86 kun qoldi", "Осталось 86 дней"), w("JPK 351-modda", "УПК, статья 351"), 4),
				row(Stopped, "CHIL-2025-001902", w("Qidiruvdagi shaxs", "Лицо в розыске"), w("Tergovni tiklash haqida qaror", "Решение о возобновлении следствия"), "—", w("Toʻxtatilgan", "Приостановлено"), w("JPK 364-modda", "УПК, статья 364"), 1),
				row(Met, "CHIL-2026-000088", w("Yoʻl-transport hodisasi", "Дорожно-транспортное происшествие"), w("Ishni sudga yuborish", "Направить дело в суд"), "05.03.2026 18:00", w("Bajarildi", "Исполнено"), w("JPK 384-modda", "УПК, статья 384"), 1),
			},
		}),
		Pagination(PaginationView{NewerHref: "?a", NewerText: w("Oldingi", "Предыдущие"), OlderHref: "?b", OlderText: w("Keyingi", "Следующие"), Summary: w("51–56 / 1 234", "51–56 из 1 234")}),
	))
}

func (g gallery) deadlines(id string) templ.Component {
	w := g.w
	return inside(Card(CardView{ID: id, Title: w("Muddatlar", "Сроки"), Tone: Soon, Aside: DeadlineTag(Soon, w("8 soat qoldi", "Осталось 8 часов"))}),
		SummaryList([]SummaryRow{
			{Key: w("Ushlab turish, A. Rahimov", "Задержание, А. Рахимов"), Text: "08.03.2026 23:10", Note: w("48 soat, yakshanbaga koʻchirilmaydi", "48 часов, на воскресенье не переносится"), ActionText: w("Nega", "Почему"), ActionHref: "/term", ActionAbout: w("aynan shu muddat", "именно этот срок")},
			{Key: w("Tergov muddati", "Срок следствия"), Text: "07.06.2026 18:00", ActionText: w("Nega", "Почему"), ActionHref: "/term", ActionAbout: w("tergov muddati", "срок следствия")},
		}))
}

func (g gallery) proceeding() templ.Component {
	w := g.w
	p := g.page("CHIL-2026-000124", 1)
	p.Breadcrumbs = []Crumb{{Text: w("Mening ishim", "Моя работа"), Href: "/work"}, {Text: w("Ishlar", "Дела"), Href: "/case"}}
	p.Live = "/live?lang=" + g.lang
	main := templ.Join(
		inside(LivePart("deadlines", "deadlines"),
			g.deadlines("deadlines-card")),
		inside(Section(w("Ish tarixi", "История дела"), "history"),
			Timeline([]TimelineItem{
				{Title: w("Shaxs ushlandi", "Лицо задержано"), When: "06.03.2026 23:10", Datetime: "2026-03-06T23:10:00+05:00", By: w("tergovchi N. Qodirova", "следователь Н. Кадырова"), Article: w("JPK 225", "УПК 225"), Text: w("A. Rahimov gumon qilinuvchi sifatida ushlandi. Yaqin qarindoshlariga xabar berildi.", "А. Рахимов задержан в качестве подозреваемого. Близкие родственники уведомлены."), Tone: Warn},
				{Title: w("Ish qoʻzgʻatildi", "Дело возбуждено"), When: "05.03.2026 16:42", Datetime: "2026-03-05T16:42:00+05:00", By: w("tergovchi N. Qodirova", "следователь Н. Кадырова"), Article: w("JPK 331", "УПК 331"), Tone: Info},
				{Title: w("Tekshiruvni uzaytirish rad etildi", "В продлении проверки отказано"), When: "03.03.2026 10:00", Datetime: "2026-03-03T10:00:00+05:00", By: w("surishtiruvchi B. Ergashev", "дознаватель Б. Эргашев"), Article: w("JPK 329", "УПК 329"), Tone: Bad},
				{Title: w("Xabar roʻyxatga olindi", "Сообщение зарегистрировано"), When: "24.02.2026 09:15", Datetime: "2026-02-24T09:15:00+05:00", By: w("navbatchi", "дежурный"), Article: w("JPK 329", "УПК 329")},
			})),
	)
	aside := templ.Join(
		inside(Card(CardView{Title: w("Hozir mumkin", "Сейчас возможно")}),
			inside(Buttons(),
				Button(ButtonView{Text: w("Iltimosnoma kiritish", "Внести ходатайство"), Href: "/form"}),
				Button(ButtonView{Text: w("Shaxsni ozod qilish", "Освободить лицо"), Kind: Secondary, Name: "act", Value: "release"}),
				Button(ButtonView{Text: w("Tugatish", "Прекратить"), Kind: Caution, Name: "act", Value: "close"}),
				Button(ButtonView{Text: w("Barcha harakatlar", "Все действия"), Kind: Quiet, Href: "/acts"}),
			)),
		Refusal(RefusalView{
			Title: w("Sudga yuborish", "Направление в суд"), Article: w("JPK 384", "УПК 384"), ArticleHref: "/law",
			Text:    w("Ayblov xulosasi hali tasdiqlanmagan.", "Обвинительное заключение ещё не утверждено."),
			Instead: w("Uni prokuror tasdiqlashi kerak.", "Его должен утвердить прокурор."),
		}),
		inside(Details(w("Muddat qanday hisoblandi", "Как посчитан срок"), true),
			Plain(w("Soat ushlangan paytdan boshlab hisoblanadi. Dam olish kunlari ham hisobga kiradi.", "Часы считаются с момента задержания. Выходные дни входят в счёт."))),
	)
	return Layout(p, templ.Join(
		Heading(HeadingView{
			Caption: w("Jinoyat ishi CHIL-2026-000124", "Уголовное дело CHIL-2026-000124"),
			Title:   w("Firibgarlik, «Ishonch» masʼuliyati cheklangan jamiyati", "Мошенничество, общество с ограниченной ответственностью «Ишонч»"),
			Lead:    w("Qodirova N. tergov qilmoqda, Gʻulomov U. nazorat qilmoqda.", "Следствие ведёт Кадырова Н., надзирает Гуломов У."),
			Aside:   templ.Join(Tag(Info, w("Tergovda", "На следствии")), Badge(Bad, w("Hibsda shaxs bor", "Есть арестованный"))),
		}),
		Columns(main, aside),
	))
}
