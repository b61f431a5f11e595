package demo

import "strings"

// place is a region, district or city with its SOATO code and its names. The
// Russian and English names of offices need other forms of them; see the methods.
type place struct {
	soato string
	uz    string // "Chilonzor tumani"
	ru    string // "Чиланзарский район"
	gen   string // the Russian genitive, where no rule gives it: "города Андижана"
	en    string // "Chilanzar District"
}

// region is a place with its weight and those of its districts and cities that
// the synthetic service has offices in, the busiest first.
type region struct {
	place
	people    int     // thousands of inhabitants, beginning of 2024 (statistics agency): where cases come from
	crime     float64 // crimes per inhabitant against the whole country's, 2023 (Ministry of Internal Affairs); others 0.8
	peoples   peoples
	districts []place
}

// genitive is the Russian name as in "Прокуратура ...".
func (p *place) genitive() string {
	if p.gen != "" {
		return p.gen
	}
	r := strings.NewReplacer("ский район", "ского района", "ская область", "ской области")
	return r.Replace(p.ru)
}

// dative is the Russian name as in "по ...".
func (p *place) dative() string {
	r := strings.NewReplacer("ского района", "скому району", "города ", "городу ", "Ташкента", "Ташкенту", "Республики", "Республике")
	return r.Replace(p.genitive())
}

// bound is the Uzbek name as in "... prokuraturasi": a district or a city drops its ending, a region does not.
func (p *place) bound() string {
	r := strings.NewReplacer(" tumani", " tuman", " shahri", " shahar")
	return r.Replace(p.uz)
}

// shown is the district that demonstration officers come from.
const shown = "1726294"

// regions are the fourteen of Uzbekistan, by SOATO code. Codes and names are facts of the state register of
// administrative units; which districts have offices here is our choice.
func regions() []region {
	return []region{
		{place{"1703", "Andijon viloyati", "Андижанская область", "", "Andijan Region"}, 3394, 0.8, valley, []place{
			{"1703401", "Andijon shahri", "город Андижан", "города Андижана", "Andijan City"},
			{"1703224", "Asaka tumani", "Асакинский район", "", "Asaka District"},
			{"1703230", "Shahrixon tumani", "Шахриханский район", "", "Shahrikhan District"},
			{"1703220", "Qoʻrgʻontepa tumani", "Кургантепинский район", "", "Kurgantepa District"},
		}},
		{place{"1706", "Buxoro viloyati", "Бухарская область", "", "Bukhara Region"}, 2044, 0.8, oldCities, []place{
			{"1706401", "Buxoro shahri", "город Бухара", "города Бухары", "Bukhara City"},
			{"1706215", "Gʻijduvon tumani", "Гиждуванский район", "", "Gijduvan District"},
			{"1706403", "Kogon shahri", "город Каган", "города Кагана", "Kagan City"},
			{"1706212", "Vobkent tumani", "Вабкентский район", "", "Vabkent District"},
		}},
		{place{"1708", "Jizzax viloyati", "Джизакская область", "", "Jizzakh Region"}, 1507, 0.8, valley, []place{
			{"1708401", "Jizzax shahri", "город Джизак", "города Джизака", "Jizzakh City"},
			{"1708218", "Zomin tumani", "Зааминский район", "", "Zaamin District"},
			{"1708209", "Gʻallaorol tumani", "Галляаральский район", "", "Gallaaral District"},
			{"1708215", "Doʻstlik tumani", "Дустликский район", "", "Dustlik District"},
		}},
		{place{"1710", "Qashqadaryo viloyati", "Кашкадарьинская область", "", "Kashkadarya Region"}, 3561, 0.8, valley, []place{
			{"1710401", "Qarshi shahri", "город Карши", "города Карши", "Karshi City"},
			{"1710405", "Shahrisabz shahri", "город Шахрисабз", "города Шахрисабза", "Shahrisabz City"},
			{"1710207", "Gʻuzor tumani", "Гузарский район", "", "Guzar District"},
			{"1710232", "Kitob tumani", "Китабский район", "", "Kitab District"},
			{"1710234", "Muborak tumani", "Мубарекский район", "", "Mubarek District"},
		}},
		{place{"1712", "Navoiy viloyati", "Навоийская область", "", "Navoi Region"}, 1075, 0.8, steppe, []place{
			{"1712401", "Navoiy shahri", "город Навои", "города Навои", "Navoi City"},
			{"1712408", "Zarafshon shahri", "город Зарафшан", "города Зарафшана", "Zarafshan City"},
			{"1712234", "Karmana tumani", "Карманинский район", "", "Karmana District"},
			{"1712238", "Nurota tumani", "Нуратинский район", "", "Nurata District"},
		}},
		{place{"1714", "Namangan viloyati", "Наманганская область", "", "Namangan Region"}, 3066, 0.8, valley, []place{
			{"1714401", "Namangan shahri", "город Наманган", "города Намангана", "Namangan City"},
			{"1714237", "Chust tumani", "Чустский район", "", "Chust District"},
			{"1714219", "Pop tumani", "Папский район", "", "Pap District"},
			{"1714234", "Uchqoʻrgʻon tumani", "Учкурганский район", "", "Uchkurgan District"},
			{"1714207", "Kosonsoy tumani", "Касансайский район", "", "Kasansay District"},
		}},
		{place{"1718", "Samarqand viloyati", "Самаркандская область", "", "Samarkand Region"}, 4208, 0.8, oldCities, []place{
			{"1718401", "Samarqand shahri", "город Самарканд", "города Самарканда", "Samarkand City"},
			{"1718236", "Urgut tumani", "Ургутский район", "", "Urgut District"},
			{"1718406", "Kattaqoʻrgʻon shahri", "город Каттакурган", "города Каттакургана", "Kattakurgan City"},
			{"1718227", "Pastdargʻom tumani", "Пастдаргомский район", "", "Pastdargom District"},
			{"1718206", "Bulungʻur tumani", "Булунгурский район", "", "Bulungur District"},
		}},
		{place{"1722", "Surxondaryo viloyati", "Сурхандарьинская область", "", "Surkhandarya Region"}, 2877, 0.8, valley, []place{
			{"1722401", "Termiz shahri", "город Термез", "города Термеза", "Termez City"},
			{"1722210", "Denov tumani", "Денауский район", "", "Denau District"},
			{"1722223", "Sherobod tumani", "Шерабадский район", "", "Sherabad District"},
			{"1722204", "Boysun tumani", "Байсунский район", "", "Baysun District"},
		}},
		{place{"1724", "Sirdaryo viloyati", "Сырдарьинская область", "", "Syrdarya Region"}, 914, 1.3, valley, []place{
			{"1724401", "Guliston shahri", "город Гулистан", "города Гулистана", "Gulistan City"},
			{"1724231", "Sirdaryo tumani", "Сырдарьинский район", "", "Syrdarya District"},
			{"1724212", "Boyovut tumani", "Баяутский район", "", "Bayaut District"},
		}},
		{place{"1726", "Toshkent shahri", "город Ташкент", "города Ташкента", "Tashkent City"}, 3041, 2.5, capital, []place{
			{"1726294", "Chilonzor tumani", "Чиланзарский район", "", "Chilanzar District"},
			{"1726266", "Yunusobod tumani", "Юнусабадский район", "", "Yunusabad District"},
			{"1726269", "Mirzo Ulugʻbek tumani", "Мирзо-Улугбекский район", "", "Mirzo Ulugbek District"},
			{"1726277", "Shayxontohur tumani", "Шайхантахурский район", "", "Shaykhantakhur District"},
			{"1726280", "Olmazor tumani", "Алмазарский район", "", "Almazar District"},
			{"1726287", "Yakkasaroy tumani", "Яккасарайский район", "", "Yakkasaray District"},
		}},
		{place{"1727", "Toshkent viloyati", "Ташкентская область", "", "Tashkent Region"}, 3052, 1.4, capital, []place{
			{"1727419", "Chirchiq shahri", "город Чирчик", "города Чирчика", "Chirchik City"},
			{"1727407", "Angren shahri", "город Ангрен", "города Ангрена", "Angren City"},
			{"1727404", "Olmaliq shahri", "город Алмалык", "города Алмалыка", "Almalyk City"},
			{"1727237", "Zangiota tumani", "Зангиатинский район", "", "Zangiata District"},
			{"1727248", "Qibray tumani", "Кибрайский район", "", "Kibray District"},
			{"1727224", "Boʻstonliq tumani", "Бостанлыкский район", "", "Bostanlyk District"},
		}},
		{place{"1730", "Fargʻona viloyati", "Ферганская область", "", "Fergana Region"}, 4062, 1.1, valley, []place{
			{"1730401", "Fargʻona shahri", "город Фергана", "города Ферганы", "Fergana City"},
			{"1730405", "Qoʻqon shahri", "город Коканд", "города Коканда", "Kokand City"},
			{"1730412", "Margʻilon shahri", "город Маргилан", "города Маргилана", "Margilan City"},
			{"1730224", "Rishton tumani", "Риштанский район", "", "Rishtan District"},
			{"1730218", "Quva tumani", "Кувинский район", "", "Kuva District"},
		}},
		{place{"1733", "Xorazm viloyati", "Хорезмская область", "", "Khorezm Region"}, 1996, 0.8, valley, []place{
			{"1733401", "Urganch shahri", "город Ургенч", "города Ургенча", "Urgench City"},
			{"1733406", "Xiva shahri", "город Хива", "города Хивы", "Khiva City"},
			{"1733223", "Xonqa tumani", "Ханкинский район", "", "Khanka District"},
			{"1733208", "Gurlan tumani", "Гурленский район", "", "Gurlan District"},
		}},
		{place{"1735", "Qoraqalpogʻiston Respublikasi", "Республика Каракалпакстан", "Республики Каракалпакстан", "Republic of Karakalpakstan"}, 2003, 0.8, karakalpakstan, []place{
			{"1735401", "Nukus shahri", "город Нукус", "города Нукуса", "Nukus City"},
			{"1735215", "Qoʻngʻirot tumani", "Кунградский район", "", "Kungrad District"},
			{"1735233", "Toʻrtkoʻl tumani", "Турткульский район", "", "Turtkul District"},
			{"1735207", "Beruniy tumani", "Берунийский район", "", "Beruni District"},
			{"1735240", "Chimboy tumani", "Чимбайский район", "", "Chimbay District"},
		}},
	}
}
