package ui

import "strings"

// words are the components' own words for the gallery, in two languages, and a
// record of what was asked for.
type words struct {
	lang  string
	asked map[string]bool
}

func (w words) T(key string, args ...any) string {
	if w.asked != nil {
		w.asked[key] = true
	}
	pair, ok := galleryWords[key]
	if !ok {
		return key
	}
	text := pair[0]
	if w.lang == "ru" {
		text = pair[1]
	}
	for i := 0; i+1 < len(args); i += 2 {
		text = strings.ReplaceAll(text, "{"+args[i].(string)+"}", args[i+1].(string))
	}
	return text
}

var galleryWords = map[string][2]string{
	keyDateWords:      {"{year}-yil {day}-{month}, {weekday}", "{weekday}, {day} {month} {year} г."},
	keyMonths:         {"yanvar,fevral,mart,aprel,may,iyun,iyul,avgust,sentabr,oktabr,noyabr,dekabr", "января,февраля,марта,апреля,мая,июня,июля,августа,сентября,октября,ноября,декабря"},
	keyWeekdays:       {"yakshanba,dushanba,seshanba,chorshanba,payshanba,juma,shanba", "воскресенье,понедельник,вторник,среда,четверг,пятница,суббота"},
	keySkip:           {"Asosiy mazmunga oʻtish", "Перейти к содержанию"},
	keyService:        {"Nazorat", "Назорат"},
	keyServiceIs:      {"Prokuratura organlarining raqamli tizimi", "Цифровая система органов прокуратуры"},
	keyMenu:           {"Menyu", "Меню"},
	keyNavigation:     {"Asosiy boʻlimlar", "Основные разделы"},
	keyLanguage:       {"Til", "Язык"},
	keyAccount:        {"Hisob", "Учётная запись"},
	keySignOut:        {"Chiqish", "Выйти"},
	keySynthetic:      {"Namoyish rejimi: barcha shaxslar, ishlar va sanalar oʻylab topilgan", "Демонстрация: все лица, дела и даты вымышлены"},
	keyError:          {"Xato:", "Ошибка:"},
	keyErrorTitle:     {"Shakl toʻliq emas", "Форма заполнена не полностью"},
	keyOptional:       {"(ixtiyoriy)", "(необязательно)"},
	keyBreadcrumbs:    {"Sahifa oʻrni", "Вы находитесь здесь"},
	keyPages:          {"Sahifalar", "Страницы"},
	keyWarning:        {"Diqqat:", "Внимание:"},
	keyFiltersChosen:  {"Tanlangan saralashlar", "Выбранные условия"},
	keyFilterRemove:   {"«{filter}» shartini olib tashlash", "Убрать условие «{filter}»"},
	keySortedUp:       {"oʻsish tartibida", "по возрастанию"},
	keySortedDown:     {"kamayish tartibida", "по убыванию"},
	keyConnectionLost: {"Aloqa uzildi. Sahifa yangilanmayapti.", "Связь прервана. Страница не обновляется."},
	keyFooter:         {"Nazorat. Qonun bir xil, muddat hamma uchun bitta.", "Назорат. Закон един, срок один для всех."},
	keyLicences:       {"Litsenziyalar", "Лицензии"},
	keyFindLabel:      {"Ish, shaxs, soʻzni qidirish", "Найти дело, человека, слово"},
	keyFindButton:     {"Qidirish", "Найти"},
}
