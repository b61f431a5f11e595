package eventlog

import (
	"time"
)

// The forms of a moment, as errors show them.
const (
	wantDateTime    = "2006-01-02T15:04:05.000+05:00"
	wantCSVDateTime = "2006-01-02T15:04:05+05:00 or 2006-01-02 15:04 or 2006-01-02"
)

const microsPerDay = 24 * 60 * 60 * 1_000_000

// moment is a date as written: local when it has no offset.
type moment struct {
	micros  int64 // UTC when hasZone, else since 1970-01-01 00:00 of the local clock
	zone    int16
	hasZone bool
}

// in places a local moment in a zone; one with an offset stays as it is.
//
// time.Date does not promise which side of a clock change it takes. Here it is
// always the offset in force before the change, so that the same log gives the
// same moments everywhere.
func (m moment) in(loc *time.Location) moment {
	if m.hasZone {
		return m
	}
	const day = 24 * time.Hour
	offset := func(micros int64) int64 {
		_, sec := time.UnixMicro(micros).In(loc).Zone()
		return int64(sec) * 1_000_000
	}
	before := offset(m.micros - day.Microseconds())
	at := m.micros - before
	if offset(at) != before {
		after := offset(m.micros + day.Microseconds())
		if offset(m.micros-after) == after {
			at = m.micros - after
		}
	}
	return moment{micros: at, zone: int16(offset(at) / 60_000_000)}
}

// parseISO reads the ISO 8601 forms that logs use. dateTime alone is XML
// Schema's dateTime; loose allows also a date alone, a blank for the T, an
// offset without colon, and no seconds, as spreadsheets and databases write.
// time.Parse would do the same ten times slower.
func parseISO[T string | []byte](s T, loose bool) (m moment, ok bool) {
	if len(s) < 10 || s[4] != '-' || s[7] != '-' {
		return m, false
	}
	y1, y2, mo, d := two(s, 0), two(s, 2), two(s, 5), two(s, 8)
	if y1|y2|mo|d < 0 || mo < 1 || mo > 12 || d < 1 {
		return m, false
	}
	y := y1*100 + y2
	if y < 1 || d > daysIn(y, mo) {
		return m, false
	}
	days := daysSince1970(y, mo, d)
	if len(s) == 10 {
		return moment{micros: days * microsPerDay}, loose
	}
	if s[10] != 'T' && !(loose && (s[10] == ' ' || s[10] == 't')) {
		return m, false
	}
	if len(s) < 16 || s[13] != ':' {
		return m, false
	}
	h, mi, sec, micros := two(s, 11), two(s, 14), 0, 0
	if h|mi < 0 || h > 23 || mi > 59 {
		return m, false
	}
	i := 16
	if i < len(s) && s[i] == ':' {
		if len(s) < 19 {
			return m, false
		}
		sec = two(s, 17)
		if sec < 0 || sec > 59 {
			return m, false
		}
		i = 19
		if i < len(s) && s[i] == '.' {
			i++
			from, scale := i, 100_000
			for i < len(s) && s[i]-'0' <= 9 {
				micros += int(s[i]-'0') * scale
				scale /= 10
				i++
			}
			if i == from {
				return m, false
			}
		}
	} else if !loose {
		return m, false
	}
	m.micros = days*microsPerDay + int64((h*60+mi)*60+sec)*1_000_000 + int64(micros)
	if i == len(s) {
		return m, true
	}
	if loose && s[i] == ' ' { // 2019-01-05 10:00:00 +05:00
		i++
	}
	return parseOffset(s, i, m, loose)
}

func parseOffset[T string | []byte](s T, i int, m moment, loose bool) (moment, bool) {
	m.hasZone = true
	rest := len(s) - i
	if rest == 1 && (s[i] == 'Z' || loose && s[i] == 'z') {
		return m, true
	}
	if rest < 3 || s[i] != '+' && s[i] != '-' {
		return m, false
	}
	oh, om := two(s, i+1), 0
	switch {
	case rest == 6 && s[i+3] == ':':
		om = two(s, i+4)
	case rest == 5 && loose:
		om = two(s, i+3)
	case rest == 3 && loose:
	default:
		return m, false
	}
	// XML Schema: the offset is at most fourteen hours.
	if oh|om < 0 || om > 59 || oh*60+om > 14*60 {
		return m, false
	}
	off := oh*60 + om
	if s[i] == '-' {
		off = -off
	}
	m.zone = int16(off)
	m.micros -= int64(off) * 60_000_000
	return m, true
}

// two reads two digits at i; it is negative where they are not there.
func two[T string | []byte](s T, i int) int {
	if i+2 > len(s) {
		return -1
	}
	a, b := s[i]-'0', s[i+1]-'0'
	if a > 9 || b > 9 {
		return -1
	}
	return int(a)*10 + int(b)
}

func daysIn(y, m int) int {
	switch m {
	case 2:
		if y%4 == 0 && (y%100 != 0 || y%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// daysSince1970 counts the days of the proleptic Gregorian calendar; the year
// is taken to begin in March, so that the leap day is its last.
func daysSince1970(y, m, d int) int64 {
	if m <= 2 {
		y--
		m += 12
	}
	era := y / 400
	yoe := y - era*400
	doy := (153*(m-3)+2)/5 + d - 1
	return int64(era)*146097 + int64(yoe*365+yoe/4-yoe/100+doy) - 719468
}

func momentText(micros int64, zone int16) string {
	return time.UnixMicro(micros).In(time.FixedZone("", int(zone)*60)).Format("2006-01-02T15:04:05.999999Z07:00")
}
