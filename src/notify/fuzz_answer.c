/* What strangers send back: Retry-After, JSON bodies, replies, exit texts. The wait is
 * always between a second and an hour, the error one short clean line, and no secret
 * is in it. */
#include "core/alloc.h"
#include "core/text.h"
#include "notify/notify_private.h"

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const Channel *c, const Answer *a, const char *secret)
{
	Outcome o = channel_judge(c, a, (Instant){ 0 });

	assert(o.wait.us == 0 || (o.wait.us >= seconds(1).us && o.wait.us <= hours(1).us));
	assert(strlen(o.error) < sizeof o.error && !strchr(o.error, '\n'));
	assert(!strstr(o.error, secret));
}

static void check_http(ChannelType type, const char *secret, const char *part, int status,
                       const char *text, size_t n)
{
	Secret *s = secret_new(secret);
	Channel c = { .type = type, .secret = s };
	HeaderField h[] = { { "Retry-After", text }, { "Location", text } };
	Answer a = { .fail = FAIL_NONE };

	a.http = (HttpAnswer){
		.status = status, .headers = h, .headers_n = 2, .body = text, .body_n = n
	};
	check(&c, &a, part);
	secret_free(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_FREE char *text =
	        size > 2 ? mem_text_n((const char *)data + 2, size - 2) : mem_text("");
	int status = size > 1 ? 100 + (data[0] * 256 + data[1]) % 500 : 200;
	size_t n = strlen(text);
	Secret *s = secret_new("smtp://u:s3cret-pass@h");
	Channel mail = { .type = CHANNEL_EMAIL, .secret = s }, run = { .type = CHANNEL_COMMAND };
	Answer a = { .fail = FAIL_NONE };
	Duration wait;

	if (retry_after_parse(text, (Instant){ 0 }, &wait))
		assert(wait.us >= seconds(1).us && wait.us <= hours(1).us);
	check_http(CHANNEL_SLACK, "xoxb-12345678", "xoxb-12345678", status, text, n);
	check_http(CHANNEL_SMS, "AC1234:tokentoken", "tokentoken", status, text, n);
	check_http(CHANNEL_WEBHOOK, "https://h/secretpath", "secretpath", status, text, n);
	a.mail = (MailAnswer){ status, text };
	check(&mail, &a, "s3cret-pass");
	a = (Answer){ .fail = FAIL_NONE };
	a.run = (RunAnswer){ .exit_code = status % 130, .err = text, .err_n = n };
	run.run = (Texts){ (const char *const[]){ "x", NULL }, 1 };
	check(&run, &a, "\n");
	a = (Answer){ .fail = FAIL_TLS, .error = text };
	check(&mail, &a, "s3cret-pass");
	secret_free(s);
	return 0;
}
