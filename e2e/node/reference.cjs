// Runs each case on graphql-js: the schema as SDL, the data as its root value. Returns for each what a server would answer,
// and the phase that refused it: parse, validate, variables or operation.
"use strict";

const graphql = require("graphql");
const { answer } = require("./answer.cjs");

const find = (list, id) => list.find((one) => one.id === String(id)) ?? null;

// An entity in a reply is a key and nothing more; what it stands for is found by it, as its service would.
function resolver(data) {
  const whole = (source, type) => {
    switch (type) {
      case "Human":
        return find(data.humans, source.id);
      case "Starship":
        return find(data.starships, source.id);
      default:
        return source;
    }
  };
  const fields = {
    Human: {
      starships: (human) => human.starshipIds?.map((id) => find(data.starships, id)) ?? null,
      strictShips: (human) => human.starshipIds?.map((id) => find(data.starships, id)) ?? null,
    },
    Starship: {
      pilot: (ship) => (ship.pilotId === null ? null : find(data.humans, ship.pilotId)),
    },
    Grid: { b: (grid) => grid.a, c: (grid) => grid.a, d: (grid) => grid.a, e: (grid) => grid.a, strictObjects: (grid) => grid.objects },
  };
  return (source, args, context, info) => {
    const type = info.parentType.name;
    const value = whole(source, type);
    const special = fields[type]?.[info.fieldName];
    return special ? special(value) : graphql.defaultFieldResolver(value, args, context, info);
  };
}

function root(data) {
  const sums = {};
  const add = ({ to, n }) => {
    if (n < 0) {
      throw new Error("only upwards");
    }
    sums[to] = (sums[to] ?? 0) + n;
    return { total: sums[to] };
  };
  return { ...data, human: ({ id }) => find(data.humans, id), echo: (args) => args, need: (args) => args, add, mustAdd: add };
}

answer(async ({ sdl, data, cases }) => {
  const schema = graphql.buildSchema(sdl);
  const value = JSON.parse(data);
  const fieldResolver = resolver(value);
  const rootValue = root(value);
  const answers = [];
  for (const one of cases) {
    answers.push(await run(one));
  }
  return answers;

  async function run({ query, variables, operation }) {
    let document;
    try {
      document = graphql.parse(query);
    } catch (error) {
      return { phase: "parse", errors: [error] };
    }
    const errors = graphql.validate(schema, document);
    if (errors.length > 0) {
      return { phase: "validate", errors };
    }
    const result = await graphql.execute({
      schema,
      document,
      rootValue,
      fieldResolver,
      variableValues: variables ? JSON.parse(variables) : undefined,
      operationName: operation || undefined,
    });
    if ("data" in result) {
      return result;
    }
    const node = document.definitions.filter((d) => d.kind === "OperationDefinition");
    const known = operation ? node.some((d) => d.name?.value === operation) : node.length === 1;
    return { phase: known ? "variables" : "operation", errors: result.errors };
  }
});
