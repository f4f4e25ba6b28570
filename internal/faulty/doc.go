// Package faulty is the harness of tests of faults: services that fail as they are told, down to single bytes, and load that does not
// wait for them.
//
//	service.go  an HTTP/1.1 service on loopback that hangs, resets, cuts off, lies about lengths; that is killed and comes back
//	toxic.go    a network that is late, slow, cuts off and resets (toxiproxy)
//	load.go     requests at fixed times (open loop), each of which ends in exactly one count
//
// A test of a fault says in the end that the fault was there (Service.Faults), and that all is well again without it.
package faulty
