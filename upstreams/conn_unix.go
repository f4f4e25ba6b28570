//go:build unix

package upstreams

import "syscall"

// nothingToRead reports whether a read of the non-blocking socket fd would wait. A byte it finds is lost, which is
// fine: such a connection is not used any more.
func nothingToRead(fd uintptr) bool {
	var b [1]byte
	_, err := syscall.Read(int(fd), b[:])
	return err == syscall.EAGAIN || err == syscall.EINTR
}
