// A supergraph of two gateways that are subgraphs: composed from what they say of themselves, and asked as its router does.
"use strict";

const { getStitchedSchemaFromSupergraphSdl } = require("@graphql-tools/federation");
const { composeServices } = require("@theguild/federation-composition");
const { execute, parse, validate } = require("graphql");
const { answer } = require("./answer.cjs");

async function sdlOf(url) {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query: "{ _service { sdl } }" }),
  });
  const { data, errors } = await response.json();
  if (errors) {
    throw new Error(JSON.stringify(errors));
  }
  return data._service.sdl;
}

answer(async ({ subgraphs, queries }) => {
  const services = [];
  const sdl = {};
  for (const [name, url] of Object.entries(subgraphs)) {
    sdl[name] = await sdlOf(url);
    services.push({ name, url, typeDefs: parse(sdl[name]) });
  }
  const composed = composeServices(services);
  if (composed.errors) {
    return { sdl, errors: composed.errors.map((e) => e.message) };
  }
  const schema = getStitchedSchemaFromSupergraphSdl({ supergraphSdl: composed.supergraphSdl });
  const answers = [];
  for (const query of queries) {
    const document = parse(query);
    const invalid = validate(schema, document);
    answers.push(invalid.length ? { errors: invalid } : await execute({ schema, document }));
  }
  return { sdl, answers };
});
