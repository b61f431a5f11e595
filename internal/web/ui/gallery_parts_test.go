package ui

import "github.com/a-h/templ"

// form is the form of an act that came back with mistakes.
func (g gallery) form() templ.Component {
	w := g.w
	p := g.page(w("Tekshiruv muddatini uzaytirish", "Продление срока проверки"), 3)
	p.Breadcrumbs = []Crumb{{Text: "CHIL-2026-000124", Href: "/case"}}
	p.Errors = []FieldError{
		{Field: "reason", Text: w("Uzaytirish sababini tanlang", "Выберите основание продления")},
		{Field: "until", Text: w("Sana 2026-03-08 koʻrinishida boʻlsin", "Дата должна быть вида 2026-03-08")},
		{Field: "amount", Text: w("Zarar miqdori son boʻlsin", "Сумма ущерба должна быть числом")},
	}
	yesNo := []Option{{Value: "yes", Text: w("Ha", "Да")}, {Value: "no", Text: w("Yoʻq", "Нет")}}
	return Layout(p, templ.Join(
		Heading(HeadingView{Caption: w("CHIL-2026-000124, Firibgarlik", "CHIL-2026-000124, Мошенничество"), Title: w("Tekshiruv muddatini uzaytirish", "Продление срока проверки"), Lead: w("Muddat 10 kundan 1 oygacha uzayadi. Faqat prokuror uzaytira oladi.", "Срок увеличится с 10 дней до 1 месяца. Продлить может только прокурор.")}),
		Warning(w("Uzaytirish jurnalga yoziladi va oʻchirilmaydi.", "Продление записывается в журнал и не удаляется.")),
		inside(Form(FormView{Action: "/form"}),
			Hidden("version", "17"),
			Radios(ChoiceField{
				Field:  Field{Name: "reason", Label: w("Sabab", "Основание"), Hint: w("Qonunda sanab oʻtilgan holatlardan biri", "Один из случаев, перечисленных в законе"), Error: p.Errors[0].Text, Article: w("JPK 329", "УПК 329")},
				Values: []string{"remote"},
				Options: []Option{
					{Value: "exam", Text: w("Ekspertiza tayinlangan", "Назначена экспертиза"), Hint: w("Qaror sanasi bilan", "С датой постановления")},
					{Value: "remote", Text: w("Uzoqdagi shaxslarni soʻroq qilish kerak", "Нужно опросить лиц, находящихся далеко"), Conditional: Text(TextField{Field: Field{Name: "where", Label: w("Qayerda", "Где")}, Value: w("Qoʻqon shahri", "Город Коканд"), Width: 20})},
					{Value: "new", Text: w("Yangi holatlar aniqlandi", "Выявлены новые обстоятельства"), Disabled: true},
				},
			}),
			Date(DateField{Field: Field{Name: "until", Label: w("Qaysi kungacha", "До какого дня"), Hint: w("Masalan, 2026-03-08", "Например, 2026-03-08"), Error: p.Errors[1].Text}, Value: "8 mart"}),
			Moment(DateField{Field: Field{Name: "at", Label: w("Qachon qaror qilingan", "Когда принято решение"), Hint: w("Masalan, 2026-03-08 15:10", "Например, 2026-03-08 15:10")}, Value: "2026-03-06T23:10", Max: "2026-03-08T15:10"}),
			Money(NumberField{Field: Field{Name: "amount", Label: w("Zarar miqdori", "Сумма ущерба"), Error: p.Errors[2].Text, Optional: true}, Value: "12 mln", Suffix: w("soʻm", "сум")}),
			Number(NumberField{Field: Field{Name: "sheets", Label: w("Varaqlar soni", "Число листов")}, Value: "214"}),
			Select(SelectField{Field: Field{Name: "expert", Label: w("Ekspertiza turi", "Вид экспертизы")}, Empty: w("Tanlang", "Выберите"), Options: []Option{{Value: "a", Text: w("Iqtisodiy", "Экономическая")}, {Value: "b", Text: w("Tibbiy", "Медицинская")}}}),
			Checkboxes(ChoiceField{Field: Field{Name: "told", Label: w("Kimga xabar qilindi", "Кто уведомлён")}, Values: []string{"victim"}, Options: []Option{{Value: "victim", Text: w("Jabrlanuvchi", "Потерпевший")}, {Value: "applicant", Text: w("Arizachi", "Заявитель")}}}),
			Radios(ChoiceField{Field: Field{Name: "arrest", Label: w("Shaxs qamoqdami", "Лицо под стражей")}, Values: []string{"no"}, Options: yesNo, Inline: true}),
			TextArea(TextAreaField{Field: Field{Name: "why", Label: w("Asoslantirish", "Обоснование"), Hint: w("Qaysi harakatlar va nega shuncha vaqt oladi", "Какие действия и почему займут столько времени")}, Value: w("Guvohlarni soʻroq qilish uchun.", "Для опроса свидетелей.")}),
			Checkbox(CheckboxField{Field: Field{Name: "sure", Label: w("Maʼlumotlarni tekshirdim", "Данные проверены"), Hint: w("Imzo sifatida qabul qilinadi", "Считается подписью")}}),
			inside(Fieldset(w("Kirish", "Вход"), ""),
				Text(TextField{Field: Field{Name: "password", Label: w("Parol", "Пароль")}, Type: "password", Autocomplete: "current-password", Width: 20})),
			inside(Buttons(),
				Button(ButtonView{Text: w("Muddatni uzaytirish", "Продлить срок"), ID: "send"}),
				Button(ButtonView{Text: w("Bekor qilish", "Отмена"), Kind: Quiet, Href: "/case"})),
		),
	))
}

// parts shows what the other pages have no place for.
func (g gallery) parts() templ.Component {
	w := g.w
	p := g.page(w("Nazorat taxtasi", "Доска надзора"), 2)
	p.Notices = []NoticeView{
		{Tone: Info, Text: w("1-apreldan yangi tahrir kuchga kiradi.", "С 1 апреля вступает в силу новая редакция."), Href: "/law", LinkText: w("Nima oʻzgaradi", "Что изменится"), More: []Crumb{{Text: w("Tasdiqnoma", "Квитанция"), Href: "/receipt"}}},
		{Tone: Warn, Title: w("Ish boshqa odam tomonidan oʻzgartirildi", "Дело изменил другой сотрудник"), Text: w("Yozganingiz saqlanib qoldi. Tekshirib, qayta yuboring.", "То, что вы ввели, сохранено. Проверьте и отправьте ещё раз.")},
		{Tone: Bad, Text: w("Saqlanmadi: xizmat javob bermayapti.", "Не сохранено: служба не отвечает.")},
	}
	tags := templ.Join(
		Tag(Neutral, w("Roʻyxatda", "Зарегистрировано")), Plain(" "), Tag(Info, w("Tergovda", "На следствии")), Plain(" "), Tag(Good, w("Tasdiqlangan", "Утверждено")), Plain(" "),
		Tag(Warn, w("Qaytarilgan", "Возвращено")), Plain(" "), Tag(Bad, w("Bekor qilingan", "Отменено")), Plain(" "),
		Badge(Neutral, w("oddiy", "обычное")), Plain(" "), Badge(Info, w("nazoratda", "на контроле")), Plain(" "), Badge(Good, w("toʻliq", "полное")), Plain(" "), Badge(Warn, w("shoshilinch", "срочное")), Plain(" "), Badge(Bad, w("hibs", "арест")),
	)
	return Layout(p, templ.Join(
		inside(Panel(w("Xabar roʻyxatga olindi", "Сообщение зарегистрировано")), Plain(w("Ish raqami: CHIL-2026-000132. Qaror muddati: 2026-yil 18-mart.", "Номер: CHIL-2026-000132. Срок решения: 18 марта 2026 года."))),
		inside(Section(w("Belgilar", "Метки"), ""), tags),
		inside(Inset(), Plain(w("Muddat oxiri bayram kuniga toʻgʻri kelsa, keyingi ish kuniga oʻtadi.", "Если конец срока приходится на праздник, он переносится на следующий рабочий день.")), Plain(" "), Article(w("JPK 313", "УПК 313"), "/law")),
		Empty(w("Muddati oʻtgan ish yoʻq", "Просроченных дел нет"), w("Barcha ishlar oʻz vaqtida bajarilmoqda.", "Все дела исполняются в срок.")),
		Table(TableView{Caption: w("Boʻsh roʻyxat", "Пустой список"), Columns: []Column{{Text: w("Ish", "Дело")}, {Text: w("Sana", "Дата")}}, Empty: w("Bu shartlarga mos ish topilmadi.", "Нет дел, отвечающих этим условиям.")}),
		Table(TableView{
			Caption: w("Hududlar boʻyicha", "По регионам"), Scroll: true,
			Columns: []Column{{Text: w("Hudud", "Регион")}, {Text: w("Jami", "Всего"), Numeric: true}, {Text: w("Muddatida", "В срок"), Numeric: true}, {Text: w("Kechikkan", "Просрочено"), Numeric: true, Sorted: "descending", SortHref: "?s"}, {Text: w("Ochish", "Открыть"), Hidden: true}},
			Rows: []Row{
				{Cells: []Cell{{Text: w("Toshkent shahri", "Город Ташкент"), Head: true}, {Text: "12 408"}, {Text: "12 311"}, {Text: "97"}, {Body: Link("/board", w("Toshkent shahrini ochish", "Открыть Ташкент"))}}},
				{Cells: []Cell{{Text: w("Fargʻona viloyati", "Ферганская область"), Head: true}, {Text: "8 111"}, {Text: "8 070"}, {Text: "41"}, {Body: Link("/board", w("Fargʻonani ochish", "Открыть Фергану"))}}},
				{Cells: []Cell{{Text: w("Qoraqalpogʻiston Respublikasi", "Республика Каракалпакстан"), Head: true}, {Text: "4 999"}, {Text: "4 991"}, {Text: "8"}, {Body: Link("/board", w("Qoraqalpogʻistonni ochish", "Открыть Каракалпакстан"))}}},
			},
		}),
		inside(Card(CardView{Title: w("Yordam", "Справка"), Href: "/guide", Level: 2}), Plain(w("Muddatlar qanday hisoblanishi haqida.", "О том, как считаются сроки."))),
	))
}

// door is the page before signing in: narrow, without navigation.
func (g gallery) door() templ.Component {
	w := g.w
	p := g.page(w("Kirish", "Вход"), 0)
	p.Nav, p.User, p.Narrow = nil, nil, true
	return Layout(p, inside(Form(FormView{Action: "/in"}),
		Radios(ChoiceField{Field: Field{Name: "officer", Label: w("Kim sifatida kirasiz?", "Под чьим именем войти?"), Heading: true}, Options: []Option{
			{Value: "a", Text: w("Gʻulomov Ulugʻbek", "Гуломов Улугбек"), Hint: w("Prokuror yordamchisi, Chilonzor tumani", "Помощник прокурора, Чиланзарский район")},
			{Value: "b", Text: w("Qodirova Nargiza", "Кадырова Наргиза"), Hint: w("Tergovchi, Chilonzor tumani", "Следователь, Чиланзарский район")},
		}}),
		Button(ButtonView{Text: w("Kirish", "Войти")})))
}
