// How a script talks to the test that runs it: one JSON value in, one out. A rejected promise ends it with its stack.
"use strict";

const fs = require("node:fs");

exports.answer = async function (work) {
  const input = JSON.parse(fs.readFileSync(0, "utf8"));
  const output = JSON.stringify(await work(input));
  await new Promise((done) => process.stdout.write(output, done));
  process.exit(0); // clients keep timers and connections
};

process.on("unhandledRejection", (error) => {
  console.error(error);
  process.exit(1);
});
