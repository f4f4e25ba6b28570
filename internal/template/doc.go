// Package template fills in URLs and header texts: literal text with expressions of the mapping language in braces, as in
// `/users/{$args.id}/posts?tag={$args.tags}`.
//
// What a value may do is decided by the place it stands in, when the template is parsed. The literal text alone makes
// scheme, host, port and the number of path segments; a value stays inside its segment, its query value or its header.
// Values are appended once and never read again, so that text in a value is never taken for a template.
//
// In the path of a URL a value is percent-encoded. A segment that has expressions must not come out empty, `.` or `..`.
// In the query it is percent-encoded too; a null or missing value drops its whole pair, and a list repeats the pair for
// every item that is not null. Texts stand without their quotes, numbers and Booleans as they are; objects are errors.
// In a header, control characters are errors.
//
// What the mappings path and queryParams add to a URL (Extra) obeys the same rules: each item of the one is a whole segment,
// each member of the other a pair. A body is no template, but its encodings are here too, form and plain text.
//
// A character that RFC 3986 allows at its place stays as it is, but for those with which services delimit values
// (`& + = ;` and in a path `/`): joinNotNull(',') gives `ids=1,2`. Literal text is kept as written: only what no URL may
// hold is encoded.
//
// A brace is written {$("{")}. Line breaks and the spaces around them fold away: to nothing in a URL, to one space in a
// header.
//
// Templates are immutable and may be shared. The usual expressions cost no allocation if the target has room.
package template
