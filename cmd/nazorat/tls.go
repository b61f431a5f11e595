package main

import (
	"crypto/tls"
	"fmt"
	"net"
)

// ourTLS is the TLS that the office speaks: 1.3, and 1.2 with those suites alone that forget their keys and notice what
// was changed on the way. Of 1.3 there are no others.
func ourTLS(own tls.Certificate) *tls.Config {
	return &tls.Config{Certificates: []tls.Certificate{own}, MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}, CipherSuites: []uint16{
		tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
		tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
	}}
}

// covered refuses an address at which the office would speak plain HTTP to other machines: passwords and cases would lie
// open on the network. What ends TLS for it stands on this machine; else the office has a certificate of its own.
func (s *settings) covered(c *tls.Config) error {
	if c != nil {
		return nil
	}
	for _, a := range []struct{ option, addr string }{{"--addr", s.addr}, {"--metrics-addr", s.metrics}} {
		if a.addr == "" {
			continue
		}
		host, _, err := net.SplitHostPort(a.addr)
		if err != nil {
			return fmt.Errorf("%s: %w", a.option, err)
		}
		if !loopback(host) {
			return fmt.Errorf("%s %s: other machines would reach it without TLS: serve at localhost for what stands before the office on this machine, or give it --tls-cert and --tls-key", a.option, a.addr)
		}
	}
	return nil
}
