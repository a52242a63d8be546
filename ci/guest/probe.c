/*
 * The init of a guest kernel that was just built: what it says on standard output proves
 * that programs start, that the timer frequency is the one asked for, and that an hour
 * passes at once.
 */
#include <stdio.h>
#include <sys/reboot.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

int main(void)
{
	struct timespec tick, began, ended;
	struct utsname name;

	clock_getres(CLOCK_MONOTONIC_COARSE, &tick);
	clock_gettime(CLOCK_MONOTONIC, &began);
	sleep(3600);
	clock_gettime(CLOCK_MONOTONIC, &ended);
	uname(&name);
	printf("guest %s hz %ld slept %ld\n", name.release, (1000000000L + tick.tv_nsec / 2) / tick.tv_nsec,
	       (long)(ended.tv_sec - began.tv_sec));
	fflush(stdout);
	return reboot(RB_POWER_OFF);
}
