package docket_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"nazorat/internal/db"
	"nazorat/internal/leaf"
)

func TestFiguresCountWhatBoardsCountOverTheWholeOffice(t *testing.T) {
	each(t, open, figuresCountWhatBoardsCountOverTheWholeOffice)
}

func figuresCountWhatBoardsCountOverTheWholeOffice(t *testing.T, h *house) {
	h.must(t, register("sardor"))
	h.set(at(t, "2026-03-14 09:00"))
	h.must(t, register("sardor"))
	board, err := h.Board(ctx, general, []string{"gp"}, h.Now(), h.Now()*2)
	if err != nil {
		t.Fatal(err)
	}
	f, err := h.Figures(ctx, h.Now())
	if err != nil || f.Late != 1 || f.Late != int64(board[0].Overdue) || f.Release != int64(board[0].Release) || f.Open < int64(board[0].Overdue+board[0].Soon) {
		t.Errorf("%+v, %v; the board has %+v", f, err, board[0])
	}
}

// A writer that is stuck must be seen: somebody waits, and has for a while.
func TestWhoWaitsForTheWriterIsCounted(t *testing.T) { each(t, open, whoWaitsForTheWriterIsCounted) }

func whoWaitsForTheWriterIsCounted(t *testing.T, h *house) {
	if n, _ := h.Waiting(); n != 0 {
		t.Errorf("%d wait before anybody came", n)
	}
	began := time.Now()
	var acts sync.WaitGroup
	err := h.db.Write(context.Background(), func(tx *db.Tx) error { // it has the writer's place
		if _, err := leaf.Head(tx); err != nil {
			return err
		}
		for range 3 {
			acts.Go(func() { h.must(t, register("sardor")) })
		}
		for {
			if n, since := h.Waiting(); n == 3 {
				if since.Before(began) || since.After(time.Now()) {
					t.Errorf("they wait since %s", since)
				}
				return nil
			}
			time.Sleep(time.Millisecond)
		}
	})
	acts.Wait()
	if n, _ := h.Waiting(); err != nil || n != 0 {
		t.Errorf("%d wait after all were answered; %v", n, err)
	}
}
