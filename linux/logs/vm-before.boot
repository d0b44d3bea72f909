# package: linux-source-6.12 6.12.117-1~deb12u1
# series: none
# config: 27d570cfb8e9
# compiler: Debian clang version 22.1.8 (1~deb12u1)
# qemu: QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18+b3)
976025500
