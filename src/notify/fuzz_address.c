/* Addresses of servers and people: what is accepted holds nothing that could end a line
 * of a mail or of the SMTP dialogue, and lies within its place. */
#include "core/alloc.h"
#include "core/text.h"
#include "notify/notify_private.h"

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_clean(const char *s)
{
	for (; *s; s++)
		assert((unsigned char)*s >= 0x20 && *s != 0x7f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_FREE char *text = mem_text_n((const char *)data, size);
	char address[64], name[16];
	SmtpUrl u;
	Err err = { 0 };

	if (smtp_url_parse(text, &u, &err)) {
		assert(u.host[0] && u.port > 0 && !(u.tls && u.starttls));
		assert(strlen(u.host) < sizeof u.host && strlen(u.user) < sizeof u.user);
		check_clean(u.host);
		check_clean(u.user);
		check_clean(u.password);
		smtp_url_done(&u);
	} else {
		assert(err.code == ERR_CONFIG);
	}
	if (mail_address(text, address, sizeof address, name, sizeof name)) {
		assert(strchr(address, '@') && !strpbrk(address, "<>,; "));
		check_clean(address);
	}
	return 0;
}
