package introspect

// Query is what a service is asked for its schema: all that an edition of GraphQL since 2018 tells. A service of a later
// edition leaves out the deprecated ones among arguments and input fields, because it is not asked for them in its own words;
// see [QueryAll].
const Query = `query IntrospectionQuery {
  __schema {
    queryType { name }
    mutationType { name }
    subscriptionType { name }
    types {
      kind
      name
      description
      fields(includeDeprecated: true) {
        name
        description
        args { ...Input }
        type { ...Type }
        isDeprecated
        deprecationReason
      }
      inputFields { ...Input }
      interfaces { name }
      enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
      possibleTypes { name }
    }
  }
}
fragment Input on __InputValue { name description type { ...Type } defaultValue }
` + typeFragment

// QueryAll asks for what the edition of September 2025 tells besides: deprecated arguments and input fields, and which input
// objects are @oneOf. A service of an older edition refuses it as not valid.
const QueryAll = `query IntrospectionQuery {
  __schema {
    description
    queryType { name }
    mutationType { name }
    subscriptionType { name }
    types {
      kind
      name
      description
      specifiedByURL
      isOneOf
      fields(includeDeprecated: true) {
        name
        description
        args(includeDeprecated: true) { ...Input }
        type { ...Type }
        isDeprecated
        deprecationReason
      }
      inputFields(includeDeprecated: true) { ...Input }
      interfaces { name }
      enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
      possibleTypes { name }
    }
  }
}
fragment Input on __InputValue { name description type { ...Type } defaultValue isDeprecated deprecationReason }
` + typeFragment

// typeFragment reaches as deep as any schema in use goes: a list of lists of lists of lists, with every item non-null.
const typeFragment = `fragment Type on __Type {
  kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType {
    kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } } }
}`

// Header is one header line of the request that asks.
type Header struct{ Name, Value string }
