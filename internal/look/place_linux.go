package look

import "syscall"

// File systems that go with their machine or their container: memory, and the layer that a container writes to.
var fleetingKinds = map[int64]bool{0x01021994: true, 0x858458f6: true, 0x794c7630: true} // tmpfs, ramfs, overlayfs: statfs(2)

// fleeting reports whether a folder lies on such a file system.
func fleeting(dir string) bool {
	var s syscall.Statfs_t
	return syscall.Statfs(dir, &s) != nil || fleetingKinds[int64(s.Type)&0xffffffff] //nolint:unconvert // its type differs between machines
}
