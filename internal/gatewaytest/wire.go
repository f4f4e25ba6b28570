package gatewaytest

import (
	"context"

	"manifold/internal/fault"
	"manifold/internal/transcode"
	"manifold/schema"
	"manifold/upstreams"
)

// maxMessage bounds the JSON of a reply of gRPC in specs.
const maxMessage = 16 << 20

// answerOf asks the mock for the answer to a call. Messages of gRPC go over the wire: the request is encoded as it would be,
// and a reply written as JSON comes back as the service's message. Go functions are called.
func (m *Mock) answerOf(ctx context.Context, source *schema.Source, call *upstreams.Call, wave int) (*upstreams.Reply, error) {
	if source != nil && source.Function != nil {
		return m.ask(ctx, source, call, wave)
	}
	if service := m.services[nameOf(source)]; service != nil {
		return m.served(service, call, wave), nil
	}
	if call.RPC == nil {
		return m.answer(nameOf(source), call, wave)
	}
	if err := encodes(source, call); err != nil {
		return nil, err
	}
	reply, err := m.answer(source.Name, call, wave)
	if err != nil || reply.Status != 200 {
		return reply, err
	}
	return messageOf(source, call, reply)
}

// encodes reports why a request does not fit the message of its method.
func encodes(source *schema.Source, call *upstreams.Call) error {
	body := call.Body
	if body == nil {
		body = []byte("{}")
	}
	if _, err := call.RPC.Request.Encode(nil, body); err != nil {
		return &fault.Error{Code: fault.BadUserInput, Message: "The request does not fit the method's message.", Upstream: source.Name, Cause: err}
	}
	return nil
}

// messageOf makes a message, as it comes over the wire, of a reply that is written as JSON.
func messageOf(source *schema.Source, call *upstreams.Call, reply *upstreams.Reply) (*upstreams.Reply, error) {
	for _, known := range source.GRPC.Methods {
		if known.Codec != call.RPC {
			continue
		}
		wire, err := transcode.NewEncoder(known.Output, source.GRPC.Services.Messages()).Encode(nil, reply.Body)
		if err != nil {
			return nil, &fault.Error{Code: fault.UpstreamBadResponse, Message: "The upstream sent a malformed response.", Upstream: source.Name, Cause: err}
		}
		message := *reply
		message.Body, message.Message, message.Limit = wire, call.RPC.Reply, maxMessage
		return &message, nil
	}
	return reply, nil
}
