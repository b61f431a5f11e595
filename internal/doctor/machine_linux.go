package doctor

import "syscall"

// space is how much room is left in a folder for whoever asks, and how much there is at all.
func space(dir string) (free, total uint64, err error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return 0, 0, err
	}
	return s.Bavail * uint64(s.Bsize), s.Blocks * uint64(s.Bsize), nil
}

// unsynchronised is what adjtimex(2) answers, and the bit that it sets, where nobody keeps the clock.
const (
	timeError      = 5
	unsynchronised = 0x40
)

// kept reports whether the kernel knows of somebody who keeps its clock.
func kept() (bool, error) {
	var t syscall.Timex
	state, err := syscall.Adjtimex(&t)
	return state != timeError && t.Status&unsynchronised == 0, err
}
