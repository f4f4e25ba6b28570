// Package store keeps answers as bytes, in two tiers: the memory of this process, and a Redis that many instances share.
//
// It is a cache and nothing else. What is lost was not worth more than a call; so no fault of Redis is ever an error of the
// caller: it is counted, and the first tier goes on alone. Keys are made by the caller, who also sees to it that those who must
// not share have different ones.
//
// # The second tier
//
// Redis is connected in the background, and every operation has 50 ms. After five failures in a row it is left alone for a
// second, and then asked once. Values are written by a few workers behind a bounded queue, so that no request waits for a write.
// A value names its key, and has a checksum: what does not verify is a miss. One Redis is meant, or what stands for one (a proxy,
// a managed endpoint); only GET, MGET and SET are used, all of which may be done twice.
//
// # Tags
//
// Invalidate makes every entry that has one of the tags a miss: in this process at once, in others that share the Redis within
// about a second.
//
// In memory a tag is a generation, and entries hold the generations they were stored in; an invalidation ends the generation.
// In Redis it is a stamp beside the values, and a value names the stamps of its tags; an invalidation writes another stamp. A tag
// whose stamp Redis has lost is invalid, and so is one that memory has no room for: what is not known to be valid is not served.
//
// An instance asks Redis once per second for one key, which every invalidation changes. If it has changed, all the stamps of the
// tags in use are read; once per minute they are read anyway. That is simpler than a subscription, which needs the same reading
// after every reconnect. While an instance cannot reach Redis it does not hear of the invalidations of others: it hears of them
// within a second after Redis is back. Its own wait meanwhile (at most 10 000 tags) and are sent then.
//
// The answer to a call that began before an invalidation is not stored after it, as Entry.Stored says when it began. Between
// instances that is sure for tags that the storing one knows; for others the clocks of the instances are compared, which may differ
// by a second.
//
// # Concurrency
//
// Everything may be called concurrently. All goroutines end in Close.
package store
