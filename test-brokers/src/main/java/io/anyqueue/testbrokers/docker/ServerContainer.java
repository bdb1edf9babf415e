package io.anyqueue.testbrokers.docker;

import com.github.dockerjava.api.DockerClient;
import io.anyqueue.testbrokers.os.Controls;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;

/**
 * A server that is one container. Testcontainers removes it when the JVM is gone. Kept small: the machines on which this project is
 * built have no Docker, so that this class is compiled there and not run. Used by one thread at a time.
 */
public final class ServerContainer implements Controls {
    private static final int STOP_SECONDS = 60;

    private final GenericContainer<?> container;

    /**
     * Starts nothing yet.
     *
     * @param container complete, with how it shows that it has started
     */
    public ServerContainer(GenericContainer<?> container) {
        this.container = container;
    }

    /** {@return whether an engine answers} */
    public static boolean isPossible() {
        return DockerClientFactory.instance().isDockerAvailable();
    }

    @Override
    public void start() {
        if (container.getContainerId() == null) {
            container.start();
        } else {
            docker().startContainerCmd(container.getContainerId()).exec();
        }
    }

    @Override
    public void stop() {
        wake();
        docker().stopContainerCmd(container.getContainerId())
                .withTimeout(STOP_SECONDS)
                .exec();
    }

    @Override
    public void kill() {
        wake();
        docker().killContainerCmd(container.getContainerId()).exec();
    }

    @Override
    public void suspend() {
        docker().pauseContainerCmd(container.getContainerId()).exec();
    }

    @Override
    public void resume() {
        docker().unpauseContainerCmd(container.getContainerId()).exec();
    }

    /** Docker ends no paused container. */
    private void wake() {
        if (Boolean.TRUE.equals(docker().inspectContainerCmd(container.getContainerId())
                .exec()
                .getState()
                .getPaused())) {
            resume();
        }
    }

    private DockerClient docker() {
        return container.getDockerClient();
    }

    @Override
    public void close() {
        container.stop();
    }
}
