// Starts GraphiQL against the endpoint beside this page. The page may be served below a path by a proxy, so the address
// is relative.
"use strict";

(function () {
  const welcome = [
    "# Write a query and run it with Ctrl-Enter. Ctrl-Space completes; the book on the left is the schema.",
    "#",
    "# Data comes from your services: the answer's \"errors\" name the one that failed.",
    "",
    "{",
    "  __typename",
    "}",
    "",
  ].join("\n");

  const url = new URL("graphql", window.location.href).toString();
  ReactDOM.createRoot(document.getElementById("graphiql")).render(
    React.createElement(GraphiQL, {
      fetcher: GraphiQL.createFetcher({ url }),
      defaultQuery: welcome,
      shouldPersistHeaders: false,
    }),
  );
})();
