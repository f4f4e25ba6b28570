package gateway

import (
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"manifold/internal/fault"
)

// validation checks documents against the public schema (GraphQL 5). It is immutable; documents are checked
// concurrently.
type validation struct {
	schema *ast.Schema
	limits Limits
	dev    bool
}

// run returns what is wrong with doc, which has passed precheck. Names are suggested in development only, and only once
// it is known that the errors are few: a suggestion compares the wrong name with all names there are.
func (v *validation) run(doc *ast.QueryDocument) gqlerror.List {
	list := v.apply(doc, false)
	if v.dev && len(list) > 0 && len(list) <= v.limits.Errors {
		list = v.apply(doc, true)
	}
	return list
}

// apply runs the rules over doc. All errors are counted, but only as many are kept as can be reported; a limit that was
// hit is reported alone.
func (v *validation) apply(doc *ast.QueryDocument, suggest bool) gqlerror.List {
	var list gqlerror.List
	var limit *gqlerror.Error
	events := new(validator.Events)
	for _, rule := range v.list(suggest) {
		rule.RuleFunc(events, func(options ...validator.ErrorOption) {
			if len(list) > v.limits.Errors {
				list = append(list, list[len(list)-1]) // counted only
				return
			}
			e := &gqlerror.Error{}
			for _, option := range options {
				option(e)
			}
			e.Rule = rule.Name
			if e.Err == nil {
				e.Err = fault.New(codeOfRule(rule.Name), e.Message)
			}
			if codeOf(e) != fault.ValidationFailed && limit == nil {
				limit = e
			}
			list = append(list, e)
		})
	}
	validator.Walk(v.schema, doc, events)
	if limit != nil {
		return gqlerror.List{limit}
	}
	return list
}

func codeOfRule(name string) fault.Code {
	if name == rules.MaxIntrospectionDepth.Name {
		return fault.IntrospectionLimit
	}
	return fault.ValidationFailed
}

// list returns the rules, cheap and telling ones first. NoFragmentCycles is not among them: it is quadratic, and
// precheck has done its work.
func (v *validation) list(suggest bool) []validator.Rule {
	out := []validator.Rule{
		rules.LoneAnonymousOperationRule,
		rules.UniqueOperationNamesRule,
		rules.KnownRootTypeRule,
		rules.SingleFieldSubscriptionsRule,
		rules.UniqueFragmentNamesRule,
		rules.KnownFragmentNamesRule,
		rules.FragmentsOnCompositeTypesRule,
		rules.PossibleFragmentSpreadsRule,
		rules.NoUnusedFragmentsRule,
		rules.MaxIntrospectionDepth,
		rules.KnownDirectivesRule,
		rules.UniqueDirectivesPerLocationRule,
		rules.UniqueArgumentNamesRule,
		rules.ProvidedRequiredArgumentsRule,
		rules.UniqueInputFieldNamesRule,
		rules.UniqueVariableNamesRule,
		rules.VariablesAreInputTypesRule,
		rules.NoUndefinedVariablesRule,
		rules.NoUnusedVariablesRule,
		rules.VariablesInAllowedPositionRule,
		numbersRule(),
		overlapRule(v.limits.Overlap),
	}
	if suggest {
		return append(out, rules.KnownTypeNamesRule, rules.FieldsOnCorrectTypeRule, rules.ScalarLeafsRule,
			rules.KnownArgumentNamesRule, rules.ValuesOfCorrectTypeRule)
	}
	return append(out, rules.KnownTypeNamesRuleWithoutSuggestions, rules.FieldsOnCorrectTypeRuleWithoutSuggestions,
		rules.ScalarLeafsRuleWithoutSuggestions, rules.KnownArgumentNamesRuleWithoutSuggestions,
		rules.ValuesOfCorrectTypeRuleWithoutSuggestions)
}

// rules returns the same rules in gqlgen's form, for a document that reaches the executor without admission. It is a new
// set each time, because the executor changes it.
func (v *validation) rules() *rules.Rules {
	return rules.NewRules(append(v.list(v.dev), rules.NoFragmentCyclesRule)...)
}
