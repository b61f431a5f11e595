package service

import (
	"nazorat/internal/directory"
	"nazorat/internal/web"
)

// What the pages show of the directory the API tells as data, to the same people by the same questions; each records that it was looked at.

func roomOf(q *web.Request) *room {
	s := q.Server()
	return &room{docket: s.Docket, dir: s.Directory, zone: s.Zone}
}

// Administered are the offices that whoever asks administers, by path. NotFound for whoever administers none.
func Administered(q *web.Request) ([]*directory.Office, error) {
	r := roomOf(q)
	mine := r.mine(q.Actor())
	if len(mine) == 0 {
		return nil, noPage()
	}
	out := make([]*directory.Office, len(mine))
	for i, id := range mine {
		out[i] = r.dir.Tree().Office(id)
	}
	return out, nil
}

// Sought are the officers whom a search finds among those that whoever asks administers and may search. NotFound for whoever administers nobody.
func Sought(q *web.Request, typed string) ([]directory.Found, error) {
	r := roomOf(q)
	mine := r.mine(q.Actor())
	if len(mine) == 0 {
		return nil, noPage()
	}
	return r.find(q, mine, typed)
}

// Office is one that whoever asks administers, with those who serve in it now; else NotFound.
func Office(q *web.Request, id string) (*directory.Office, []directory.Held, error) {
	r := roomOf(q)
	o, err := r.office(q, id)
	if err != nil {
		return nil, nil, err
	}
	list, err := r.serving(q, o)
	return o, list, err
}

// Officer is one whom whoever asks administers, with all mandates that he ever had, and those that others have in his place; else NotFound.
func Officer(q *web.Request, id string) (*directory.Personal, []directory.Held, error) {
	return roomOf(q).officer(q, id)
}
