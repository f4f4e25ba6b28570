// Runs the audits of graphql-http against an endpoint and returns what each says.
"use strict";

const { serverAudits } = require("graphql-http");
const { answer } = require("./answer.cjs");

answer(async ({ url }) => {
  const results = [];
  for (const audit of serverAudits({ url: url + "/graphql" })) {
    const result = await audit.fn();
    results.push({ id: audit.id, name: audit.name, status: result.status, reason: result.reason ?? "" });
  }
  return results;
});
