/* What other monitors read: our own metrics, and whether we are well. */
#include "core/text.h"
#include "web/web_private.h"

void probe_metrics(Request *r)
{
	if (r->web->options.metrics_need_token && r->role < WEB_VIEWER) {
		reply_error(r, r->has_bearer ? 403 : 401, "metrics ask for a viewer's token");
		return;
	}
	r->web->api.metrics(r->web->api.ctx, !text_eq(target_query(&r->target, "checks"), "no"),
	                    &r->reply.body);
	if (r->reply.body.n && !text_ends(buf_str(&r->reply.body), "\n"))
		buf_char(&r->reply.body, '\n');
	buf_text(&r->reply.body, "# EOF\n");
	r->reply.status = 200;
	r->reply.type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
}

void probe_health(Request *r)
{
	Emit e = emit_to(&r->reply.body);
	bool ok;

	emit_object(&e, NULL);
	ok = r->web->api.health(r->web->api.ctx, &e);
	emit_bool(&e, "ok", ok);
	emit_object_end(&e);
	buf_char(&r->reply.body, '\n');
	r->reply.status = ok ? 200 : 503;
	r->reply.type = "application/json";
}
