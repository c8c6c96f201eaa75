#include "plan/builtin_metrics.h"

#include "core/alloc.h"
#include "core/text.h"

const BuiltinMetric builtin_metrics[] = {
	{ "availability", UNIT_PERCENT, SCOPE_CHECK, false, "ledger",
	  "Share of the period in which the service answered rightly.",
	  "Part de la période où le service a répondu correctement." },
	{ "latency", UNIT_SECONDS, SCOPE_CHECK, true, "check",
	  "Total time of a check's answer, own queueing excluded.",
	  "Temps total de réponse d'une sonde, attente interne exclue." },
	{ "first_byte", UNIT_SECONDS, SCOPE_CHECK, true, "check",
	  "Time to the first byte of an answer.", "Temps jusqu'au premier octet de la réponse." },
	{ "error_rate", UNIT_PERCENT, SCOPE_CHECK, true, "check", "Share of checks that failed.",
	  "Part des sondes en échec." },
	{ "cert_days", UNIT_SECONDS, SCOPE_CHECK, false, "check",
	  "Time left on the certificate chain.", "Temps restant sur la chaîne de certificats." },
	{ "db_connections", UNIT_PERCENT, SCOPE_DATABASE, true, "check",
	  "Connections in use, of the server's maximum.",
	  "Connexions occupées, rapportées au maximum du serveur." },
	{ "cpu_used", UNIT_PERCENT, SCOPE_HOST, true, "host", "Processor use.",
	  "Usage du processeur." },
	{ "mem_used", UNIT_PERCENT, SCOPE_HOST, true, "host", "Memory in use, caches not counted.",
	  "Mémoire occupée, hors caches." },
	{ "swap_used", UNIT_PERCENT, SCOPE_HOST, true, "host", "Swap in use.",
	  "Mémoire d'échange occupée." },
	{ "disk_used", UNIT_PERCENT, SCOPE_HOST, true, "host", "Space used on a file system.",
	  "Espace occupé sur un système de fichiers." },
	{ "disk_free", UNIT_PERCENT, SCOPE_HOST, false, "host", "Space free on a file system.",
	  "Espace libre sur un système de fichiers." },
	{ "inodes_used", UNIT_PERCENT, SCOPE_HOST, true, "host", "Inodes used on a file system.",
	  "Inodes occupés sur un système de fichiers." },
	{ "net_used", UNIT_PERCENT, SCOPE_HOST, true, "host",
	  "Network use, of the link's declared speed.",
	  "Usage du réseau, rapporté au débit déclaré du lien." },
	{ "load", UNIT_NONE, SCOPE_HOST, true, "host",
	  "Processes waiting to run, one-minute average.",
	  "Processus en attente, moyenne sur une minute." },
	{ "uptime", UNIT_SECONDS, SCOPE_HOST, false, "host", "Time since the host started.",
	  "Temps depuis le démarrage de l'hôte." },
	{ "incident_mttr", UNIT_SECONDS, SCOPE_SERVICE, true, "incidents",
	  "Mean time from detection to resolution.",
	  "Temps moyen de la détection à la résolution." },
	{ "incident_mtta", UNIT_SECONDS, SCOPE_SERVICE, true, "incidents",
	  "Mean time from detection to acknowledgement.",
	  "Temps moyen de la détection à la prise en charge." },
	{ "incident_mtbf", UNIT_SECONDS, SCOPE_SERVICE, false, "incidents",
	  "Mean time between incidents.", "Temps moyen entre incidents." },
	{ "incident_count", UNIT_NONE, SCOPE_SERVICE, true, "incidents", "Number of incidents.",
	  "Nombre d'incidents." },
	{ "recovery_time", UNIT_SECONDS, SCOPE_SERVICE, true, "incidents",
	  "Time until service is back (RTO).", "Temps jusqu'au retour du service (RTO)." },
	{ "data_loss_window", UNIT_SECONDS, SCOPE_SERVICE, true, "backups",
	  "Age of the newest restorable copy (RPO).",
	  "Âge de la plus récente copie restaurable (RPO)." },
	{ "deploy_success", UNIT_PERCENT, SCOPE_SERVICE, false, "deployments",
	  "Share of deployments that succeeded.", "Part des déploiements réussis." },
	{ "test_coverage", UNIT_PERCENT, SCOPE_SERVICE, false, "suites", "Code covered by tests.",
	  "Code couvert par les tests." },
};
const size_t builtin_metrics_n = COUNT_OF(builtin_metrics);

const BuiltinMetric *builtin_metric(const char *name)
{
	for (size_t i = 0; i < builtin_metrics_n; i++) {
		if (text_eq(builtin_metrics[i].name, name))
			return &builtin_metrics[i];
	}
	return NULL;
}
