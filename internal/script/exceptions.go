package script

import (
	_ "embed"
	"errors"
	"fmt"
	"strings"
	"sync"
)

//go:embed exceptions.txt
var exceptionsText string

// exceptions is the parsed form of exceptionsText, made once when first needed
// and never changed: it is the embedded file in a shape that can be searched.
var exceptions = sync.OnceValue(func() *lexicon {
	l, err := parseExceptions(exceptionsText)
	if err != nil {
		// The file is part of the program and a test parses it. Rules without
		// exceptions still write readable Uzbek.
		return newLexicon()
	}
	return l
})

// lexicon holds the stems that the rules of spelling get wrong.
type lexicon struct {
	start  tree // stems that begin a word
	inside tree // stems that may stand anywhere in a word

	// back holds, by Cyrillic stem, the Latin of those stems that the rules of
	// Latin would get wrong; longest is the longest key in bytes.
	back    map[string]backStem
	longest int
}

type backStem struct {
	latin string
	whole bool
}

// stem is one line of exceptions.txt. Its Latin is the way to it in the tree.
type stem struct {
	cyrillic string
	size     int // symbols of the Latin stem; 0: no stem here
}

// node is one symbol of a stem: a letter or an apostrophe.
type node struct {
	next [27]uint16
	open stem // anything may follow
	shut stem // only endings of Uzbek may follow
}

// tree finds the stems that a word begins with. Node 0 is the root.
type tree []node

func newLexicon() *lexicon {
	return &lexicon{start: make(tree, 1), inside: make(tree, 1), back: map[string]backStem{}}
}

// symbol numbers the letters of a normalised word, 26 being the apostrophe.
func symbol(c byte) int {
	if c == '\'' {
		return 26
	}
	return int(c - 'a')
}

func (t *tree) add(latin string, s stem, whole bool) error {
	at := 0
	for i := 0; i < len(latin); i++ {
		k := symbol(latin[i])
		if (*t)[at].next[k] == 0 {
			if len(*t) > 0xFFFF {
				return errors.New("too many stems")
			}
			(*t)[at].next[k] = uint16(len(*t))
			*t = append(*t, node{})
		}
		at = int((*t)[at].next[k])
	}
	slot := &(*t)[at].open
	if whole {
		slot = &(*t)[at].shut
	}
	if slot.size != 0 {
		return fmt.Errorf("%s stands twice", latin)
	}
	*slot = s
	return nil
}

// longest returns the longest stem that word begins with; size 0 means none.
func (t tree) longest(word []byte) stem {
	var best stem
	at := 0
	for i, c := range word {
		at = int(t[at].next[symbol(c)])
		if at == 0 {
			break
		}
		n := &t[at]
		if n.open.size != 0 {
			best = n.open
		}
		if n.shut.size != 0 && isEnding(word[i+1:]) {
			best = n.shut
		}
	}
	return best
}

// isEnding says whether rest is nothing or a chain of Uzbek endings, so that
// "rol" finds "rolni" and "rollari" but not "rolik". The apostrophe of -gʻa
// and the like does not occur in endings.
func isEnding(rest []byte) bool {
	if len(rest) == 0 {
		return true
	}
	for n := 1; n <= len(rest) && n <= 5; n++ {
		switch string(rest[:n]) {
		case "i", "si", "im", "ing", "imiz", "ngiz", "m", "ng", "miz",
			"lar", "ni", "ning", "niki", "ga", "gi", "cha", "da", "dan",
			"dagi", "day", "dek", "lik", "li", "siz", "mi", "chi", "dir",
			"u", "yu", "ku", "man", "san", "dor", "la", "lash", "lan":
			if isEnding(rest[n:]) {
				return true
			}
		}
	}
	return false
}

// parseExceptions reads the format that exceptions.txt describes at its head.
func parseExceptions(text string) (*lexicon, error) {
	l := newLexicon()
	number := 0
	for line := range strings.Lines(text) {
		number++
		line, _, _ = strings.Cut(line, "#")
		fields := strings.Fields(line)
		if len(fields) == 0 {
			continue
		}
		if len(fields) != 2 {
			return nil, fmt.Errorf("exceptions.txt:%d: want a Latin and a Cyrillic stem, have %d words", number, len(fields))
		}
		if err := l.add(fields[0], fields[1]); err != nil {
			return nil, fmt.Errorf("exceptions.txt:%d: %w", number, err)
		}
	}
	return l, nil
}

func (l *lexicon) add(latin, cyrillic string) error {
	into, whole, written := &l.start, false, true
	switch latin[0] {
	case '=':
		latin, whole = latin[1:], true
	case '-':
		latin, into, written = latin[1:], &l.inside, false
	case '~':
		latin, written = latin[1:], false
	}
	plain := make([]byte, 0, len(latin))
	for i := 0; i < len(latin); {
		if n := apostrophe(latin[i:]); n > 0 {
			plain = append(plain, '\'')
			i += n
			continue
		}
		if latin[i] < 'a' || latin[i] > 'z' {
			return fmt.Errorf("%s: a stem is written in small letters", latin)
		}
		plain = append(plain, latin[i])
		i++
	}
	if len(plain) == 0 {
		return errors.New("empty stem")
	}
	if err := into.add(string(plain), stem{cyrillic, len(plain)}, whole); err != nil {
		return err
	}
	if !written || !isCyrillicWord(cyrillic) || latinByRule(cyrillic) == latin {
		return nil
	}
	// The soft sign falls off before an ending, so both forms are known.
	for _, key := range []string{cyrillic, strings.TrimSuffix(cyrillic, "ь")} {
		l.back[key] = backStem{latin, whole}
		l.longest = max(l.longest, len(key))
	}
	return nil
}
