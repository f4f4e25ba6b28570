// Builds one schema in three ways: from the text that its author wrote, less the gateway's own words; from the text that
// `manifold schema` prints; and from the answer to introspection. Returns the three, printed in the same order.
"use strict";

const graphql = require("graphql");
const { answer } = require("./answer.cjs");

// The gateway's directives that the files of these tests use.
const ours = new Set(["source", "bff", "authenticated", "connect", "key", "lookup", "from", "alias", "discriminate"]);

// All that the introspection of the specification can be asked; deprecated directives are a proposal still.
const everything = {
  descriptions: true,
  specifiedByUrl: true,
  directiveIsRepeatable: true,
  schemaDescription: true,
  inputValueDeprecation: true,
  oneOf: true,
  experimentalDirectiveDeprecation: false,
};

function written(text) {
  const document = graphql.visit(graphql.parse(text), {
    Directive: (node) => (ours.has(node.name.value) ? null : undefined),
  });
  const definitions = document.definitions.filter(
    (d) => d.kind !== "SchemaExtension" || d.directives.length + d.operationTypes.length > 0,
  );
  return graphql.buildASTSchema({ ...document, definitions });
}

function printed(schema) {
  const errors = graphql.validateSchema(schema);
  if (errors.length > 0) {
    throw new Error(errors.join("\n"));
  }
  return graphql.printSchema(graphql.lexicographicSortSchema(schema));
}

answer(async ({ text, sdl, url }) => {
  const query = graphql.getIntrospectionQuery(everything);
  const response = await fetch(url + "/graphql", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query }),
  });
  const { data, errors } = await response.json();
  if (errors) {
    throw new Error(JSON.stringify(errors));
  }
  const introspected = graphql.buildClientSchema(data);
  return {
    written: printed(written(text)),
    exported: printed(graphql.buildSchema(sdl)),
    introspected: printed(introspected),
    // What a client gets is again what graphql-js would tell of the schema it built.
    told: graphql.introspectionFromSchema(graphql.buildSchema(sdl), everything),
    answered: data,
  };
});
