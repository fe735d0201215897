/* librabbitmq against the broker at AMQP_URL. */
#include "harness.h"

extern const check_entry topology_checks[], publishing_checks[], consuming_checks[], connection_checks[];

int main(void)
{
    run_checks(topology_checks);
    run_checks(publishing_checks);
    run_checks(consuming_checks);
    run_checks(connection_checks);
    return report();
}
