// Starts GraphiQL against the endpoint beside this page. The page may be served below a path by a proxy, so the address
// is relative.
"use strict";

(function () {
  // Lines are short, so that they fit beside the buttons of half a window.
  const welcome = [
    "# Write a query; Ctrl-Enter runs it.",
    "# Ctrl-Space completes what you write.",
    "# The book on the left shows the schema.",
    "#",
    "# When a service fails, its fields are null",
    "# and \"errors\" in the answer says why.",
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
