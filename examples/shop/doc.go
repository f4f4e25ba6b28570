// Package shop is a small web shop made of real services on loopback. `manifold demo` runs it, and the end-to-end tests
// ask it. It stands for the services a gateway finds in the wild, with their habits: names in snake case, ids that are
// numbers in one service and text in another, lists inside an envelope, two spellings of one status, null where data is
// missing, answers in the service's own order and without the ids it does not know.
//
// Users is a REST service:
//
//	GET /users?ids=1,2       {"data":[...]}; unknown ids are left out, at most 100 ids
//	GET /users?tier=pro&limit=20&offset=0
//	GET /users/{id}          404 if unknown
//
// Orders is a REST service under /v2:
//
//	GET  /v2/orders?user_id=1,2&status=pending&per_user=3   {"items":[...]}, newest first, at most 50 users
//	GET  /v2/orders/{id}     404 if unknown
//	POST /v2/orders          {"user_id":1,"lines":[{"product_id":"p1","qty":2}]} answers 201
//	POST /v2/shipping/quote  {"zip":"10115","weight_grams":900}
//	POST /v2/shipping/quotes {"zip":"10115","weights":[900,1200]}
//
// Catalog is a gRPC service, shop.catalog.v1.Catalog, with the health service and reflection; catalog/catalog.proto says
// what it answers:
//
//	BatchGetProducts(ids)                            unknown ids are left out, at most 200 ids
//	ListProducts(category, page_size, page_token)    page by page, with the next page's token
//
// Reviews is a GraphQL service at /graphql, made with gqlgen; reviews/schema.graphql says what it answers:
//
//	productsByIds(ids)       in the order of the ids, null for unknown ones, at most 50 ids
//	reviewsOf, review, latest, addReview
//
// `make generate` makes the code in catalog/catalogpb and reviews/graph again after a change of those two files.
//
// Orders, catalog and reviews mean the same products by p1 to p32, and all mean the same users by 1 to 200. The errors of
// the REST services are {"error":{"message":"...","code":"..."}} with a true status. Parameters they do not know are ignored.
//
// The data is made from a fixed seed, so every start answers the same. Orders and reviews that are added live as long as
// the shop. The package imports nothing of the gateway.
package shop
