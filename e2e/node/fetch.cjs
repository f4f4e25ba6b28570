// A fetch that notes what was sent and what came back, so that a test can see what a client really does.
"use strict";

exports.recorded = function (log) {
  return async (url, init) => {
    const response = await fetch(url, init);
    const get = (init?.method ?? "GET") === "GET";
    const params = get ? Object.fromEntries(new URL(url).searchParams) : JSON.parse(init.body);
    const extensions = typeof params.extensions === "string" ? JSON.parse(params.extensions) : params.extensions;
    const body = await response.clone().json();
    log.push({
      method: get ? "GET" : "POST",
      query: Boolean(params.query),
      hash: Boolean(extensions?.persistedQuery?.sha256Hash),
      status: response.status,
      type: response.headers.get("content-type"),
      codes: (body.errors ?? []).map((e) => e.extensions?.code),
    });
    return response;
  };
};

// operations are what each client runs: a query, the same again, one with a field error, an invalid one, a mutation.
exports.operations = {
  query: "query Users($n: Int!) { users(limit: $n) { __typename id name orders(first: 1) { __typename id status } } }",
  partial: 'query Partial { shopName order(id: "o1") { __typename id } quote: shippingQuote(zip: "nowhere", weightGrams: -1) { __typename cents } }',
  invalid: "query Invalid { nope }",
  mutation: 'mutation Place { placeOrder(input: { userId: 1, lines: [{ productId: "p17" }] }) { __typename id status } }',
};
