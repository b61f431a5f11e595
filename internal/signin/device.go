package signin

import "strings"

// Device is what kind of device a session is used from, as its owner would
// recognise it. It is what the browser says of itself, so it proves nothing.
type Device struct {
	Browser string // "Firefox"; "" where it is none that is known
	System  string // "Windows"; "" likewise
}

// kind is a name and what a browser says that bears it.
type kind struct{ says, name string }

// Who says several of these is the first: every browser also names those before it.
var (
	browsers = []kind{{"Edg", "Edge"}, {"OPR/", "Opera"}, {"YaBrowser/", "Yandex Browser"}, {"SamsungBrowser/", "Samsung Internet"}, {"Firefox/", "Firefox"}, {"FxiOS/", "Firefox"},
		{"Chrome/", "Chrome"}, {"CriOS/", "Chrome"}, {"Safari/", "Safari"}}
	systems = []kind{{"Windows", "Windows"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"Mac OS X", "macOS"}, {"CrOS", "ChromeOS"}, {"Linux", "Linux"}}
)

// DeviceOf reads the User-Agent header of a browser.
func DeviceOf(agent string) Device {
	return Device{Browser: named(agent, browsers), System: named(agent, systems)}
}

func named(agent string, kinds []kind) string {
	for _, k := range kinds {
		if strings.Contains(agent, k.says) {
			return k.name
		}
	}
	return ""
}
